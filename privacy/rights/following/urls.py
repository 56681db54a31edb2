from django.urls import path
from django.utils.translation import pgettext_lazy

from privacy.rights.following import views

urlpatterns = [
    path("", views.follow, name="rights-request"),
    path(pgettext_lazy("address", "take-back/"), views.take_back, name="rights-take-back"),
    path(pgettext_lazy("address", "identity/"), views.papers, name="rights-papers"),
    path(pgettext_lazy("address", "close/"), views.close, name="rights-close"),
    path(pgettext_lazy("address", "closed/"), views.closed, name="rights-closed"),
    path(pgettext_lazy("address", "new-link/"), views.new_link, name="rights-new-link"),
    path(pgettext_lazy("address", "new-link-sent/"), views.link_sent, name="rights-link-sent"),
    path(pgettext_lazy("address", "open/<str:token>/"), views.by_link, name="rights-enter"),
]
