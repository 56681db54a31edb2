from django.urls import path
from django.utils.translation import pgettext_lazy

from privacy.directives import views

urlpatterns = [
    path(pgettext_lazy("address", "changed/"), views.changed, name="directive-changed"),
    path(pgettext_lazy("address", "revoked/"), views.revoked, name="directive-revoked"),
    path("<str:token>/", views.change_directive, name="change-directive"),
]
