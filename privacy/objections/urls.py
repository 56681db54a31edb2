from django.urls import path
from django.utils.translation import pgettext_lazy

from privacy.objections import views

urlpatterns = [
    path(pgettext_lazy("address", "undone/"), views.undone, name="objection-undone"),
    path("<str:token>/", views.undo_page, name="undo-objection"),
]
