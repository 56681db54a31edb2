from django.urls import path
from django.utils.translation import pgettext_lazy

from privacy.consents import views

urlpatterns = [
    path("", views.ask, name="withdraw"),
    path(pgettext_lazy("address", "mail-on-its-way/"), views.asked, name="withdrawal-asked"),
    path(pgettext_lazy("address", "choice/<str:token>/"), views.choose, name="choose-consents"),
    path("<str:token>/", views.by_link, name="withdraw-consent"),
]
