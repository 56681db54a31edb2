from django.urls import path
from django.utils.translation import pgettext_lazy

from privacy.rights.asking import views
from privacy.rights.kinds import Right

urlpatterns = [
    path("", views.index, name="rights"),
    path(pgettext_lazy("address", "access/"), views.ask(Right.ACCESS), name="rights-access"),
    path(pgettext_lazy("address", "rectification/"), views.ask(Right.RECTIFICATION), name="rights-rectification"),
    path(pgettext_lazy("address", "erasure/"), views.ask(Right.ERASURE), name="rights-erasure"),
    path(pgettext_lazy("address", "restriction/"), views.ask(Right.RESTRICTION), name="rights-restriction"),
    path(pgettext_lazy("address", "objection/"), views.ask(Right.OBJECTION), name="rights-objection"),
    path(pgettext_lazy("address", "marketing/"), views.ask(Right.MARKETING), name="rights-marketing"),
    path(pgettext_lazy("address", "portability/"), views.ask(Right.PORTABILITY), name="rights-portability"),
    path(pgettext_lazy("address", "directive/"), views.ask(Right.DIRECTIVE), name="rights-directive"),
    path(pgettext_lazy("address", "heirs/"), views.ask(Right.HEIRS), name="rights-heirs"),
    path(pgettext_lazy("address", "question/"), views.ask(Right.QUESTION), name="rights-question"),
    path(pgettext_lazy("address", "received/<str:reference>/"), views.received, name="rights-received"),
    path(pgettext_lazy("address", "noted/<str:reference>/"), views.noted, name="rights-noted"),
    path(pgettext_lazy("address", "prove/<str:token>/"), views.prove, name="rights-prove"),
]
