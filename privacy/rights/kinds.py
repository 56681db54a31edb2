"""The words of this room: which rights there are, how a request came, what state it is in, why one is refused."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Right(TextChoices):
    ACCESS = "access", _("access")
    RECTIFICATION = "rectification", _("rectification")
    ERASURE = "erasure", _("erasure")
    RESTRICTION = "restriction", _("restriction")
    OBJECTION = "objection", _("objection to all use")
    MARKETING = "marketing", _("objection to marketing")
    WITHDRAWAL = "withdrawal", _("withdrawal of a consent")
    PORTABILITY = "portability", _("portability")
    DIRECTIVE = "directive", _("directive for after death")
    HEIRS = "heirs", _("request of heirs")
    QUESTION = "question", _("confidential question")


class Channel(TextChoices):
    FORM = "form", _("form of the site")
    EMAIL = "email", _("e-mail")
    POST = "post", _("post")
    IN_PERSON = "in-person", _("in person")
    REPRESENTATIVE = "representative", _("through a representative")


class State(TextChoices):
    UNPROVED = "unproved", _("address not proved yet")
    OPEN = "open", pgettext_lazy("rights request", "to be decided")
    DOUBT = "doubt", _("identity in doubt")
    GRANTED = "granted", _("granted, being carried out")
    DONE = "done", pgettext_lazy("rights request", "done")
    REFUSED = "refused", pgettext_lazy("rights request", "refused")
    TAKEN_BACK = "taken-back", _("taken back by its person")


class Proof(TextChoices):
    """How it was known who asks. Nothing is exported or erased without one."""

    LINK = "link", _("link sent to the address")
    SEEN = "seen", _("proof seen by the officer")
    NOT_NEEDED = "not-needed", _("none needed: objecting to marketing")


class Decision(TextChoices):
    GRANTED = "granted", pgettext_lazy("decision", "granted")
    PARTLY = "partly", pgettext_lazy("decision", "granted in part")
    REFUSED = "refused", pgettext_lazy("decision", "refused")
    ANSWERED = "answered", pgettext_lazy("decision", "answered")


class Refusal(TextChoices):
    """Why a request, or a part of it, is not granted (GDPR Art. 12(4)). The officer adds their own words."""

    IDENTITY = "12(2)", _("We could not establish that the data is yours (GDPR Art. 11(2) and 12(2)).")
    EXCESSIVE = "12(5)", _("The request is manifestly unfounded or excessive (GDPR Art. 12(5)).")
    RIGHTS_OF_OTHERS = "15(4)", _("It would harm the rights and freedoms of others (GDPR Art. 15(4) and 20(4)).")
    EXPRESSION = "17(3)(a)", _("Freedom of expression and information requires keeping it (GDPR Art. 17(3)(a)).")
    LEGAL_OBLIGATION = "17(3)(b)", _("A legal obligation requires keeping it (GDPR Art. 17(3)(b)).")
    CLAIMS = "17(3)(e)", _("It is needed for legal claims (GDPR Art. 17(3)(e)).")
    NO_GROUND = "no-ground", _("None of the cases in which the law gives this right applies.")
    COMPELLING = "21(1)", _("Compelling legitimate grounds override the objection (GDPR Art. 21(1)).")
    NOT_PORTABLE = "20(1)", _("The data does not rest on your consent, or was not provided by you (GDPR Art. 20(1)).")
    HEIRS = "85", _("What is asked goes beyond what the law leaves to heirs (art. 85 of the Act of 6 January 1978).")
    OTHER = "other", _("For the reason given below.")


PROVES_NOTHING = frozenset({Right.MARKETING})
"""Rights that are carried out on submission, without any proof (P5.5)."""

WITHOUT_PAPERS = frozenset({Right.MARKETING, Right.OBJECTION, Right.WITHDRAWAL, Right.QUESTION})
"""Rights for which no identity paper is ever asked at the door (P5.5, P5.6)."""

ANSWERED = frozenset({State.DONE, State.REFUSED})
"""What was granted and waits for a worker has not reached anybody yet."""
CLOSED = ANSWERED | {State.TAKEN_BACK}

TRANSITIONS = {
    State.UNPROVED: {State.OPEN, State.TAKEN_BACK},
    State.OPEN: {State.DOUBT, State.GRANTED, State.REFUSED, State.TAKEN_BACK},
    State.DOUBT: {State.OPEN, State.REFUSED, State.TAKEN_BACK},
    State.GRANTED: {State.DONE},
    State.DONE: set(),
    State.REFUSED: set(),
    State.TAKEN_BACK: set(),
}
"""Which state may follow which. The database refuses any other, whatever code tries it."""
