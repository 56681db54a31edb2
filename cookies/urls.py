from django.urls import path
from django.utils.translation import pgettext_lazy

from cookies import views

app_name = "cookies"
urlpatterns = [
    path("", views.manage, name="manage"),
    path(pgettext_lazy("address", "choice/"), views.choose, name="choose"),
]
