from django.urls import include, path
from django.utils.translation import pgettext_lazy

from contact import views

app_name = "contact"
urlpatterns = [
    path("", views.contact, name="form"),
    path(pgettext_lazy("address", "thank-you/"), views.thanks, name="thanks"),
    path(pgettext_lazy("address", "one-more-step/"), views.held, name="held"),
    path(pgettext_lazy("address", "confirm/<str:token>/"), views.confirm, name="confirm"),
    path("", include("contact.prospects.urls")),
]
