from django.urls import path
from django.utils.translation import pgettext_lazy

from privacy.rights.fulfilment import views

urlpatterns = [
    path(pgettext_lazy("address", "result/<int:pk>/"), views.result, name="rights-result"),
    path(pgettext_lazy("address", "transfer/<str:token>/"), views.transfer, name="rights-transfer"),
    path(pgettext_lazy("address", "receipt/<str:token>/"), views.receipt, name="erasure-receipt"),
    path(pgettext_lazy("address", "receipt/<str:token>/json/"), views.receipt_file, name="erasure-receipt-json"),
]
