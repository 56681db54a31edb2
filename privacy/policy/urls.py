from django.urls import path
from django.utils.translation import pgettext_lazy

from privacy.policy import views

urlpatterns = [
    path("", views.policy, name="policy"),
    path("versions/", views.versions, name="policy-versions"),
    path("versions/<int:number>/", views.version, name="policy-version"),
    path(pgettext_lazy("address", "versions/compare/"), views.comparison, name="policy-comparison"),
]
