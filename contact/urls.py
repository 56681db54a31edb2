from django.urls import path
from django.utils.translation import pgettext_lazy

from contact import views

app_name = "contact"
urlpatterns = [
    path("", views.contact, name="form"),
    path(pgettext_lazy("address", "thank-you/"), views.thanks, name="thanks"),
]
