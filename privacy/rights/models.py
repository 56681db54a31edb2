from datetime import timedelta
from typing import Any

import pgtrigger
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from privacy.accounts import account
from privacy.append_only import AppendOnly
from privacy.numbered import Numbered
from privacy.rights.kinds import CLOSED, TRANSITIONS, Channel, Decision, Proof, Refusal, Right, State
from privacy.rights.references import LENGTH, new_reference
from privacy.subjects import SUBJECT_KEY_LENGTH

NEVER_BY_ITSELF = [(old.value, new.value) for old, followers in TRANSITIONS.items() for new in sorted(followers)]
DECIDED = [State.GRANTED.value, State.DONE.value]


class RightsRequest(models.Model):
    """That somebody used a right, and how it was honoured: the minimal record, five years (GDPR Art. 5(2), P3.4).

    It names nobody: who asked, and what, stands in its case file, which goes thirty days after closing. `state` is
    written by privacy/rights/states.py alone; the database refuses a state that may not follow, and one that leads to
    an export or an erasure without a proof and a decision.
    """

    PROVE_WITHIN = timedelta(days=7)

    reference = models.CharField(_("reference"), max_length=LENGTH, unique=True, default=new_reference)
    right = models.CharField(_("right"), max_length=20, choices=Right)
    channel = models.CharField(_("received by"), max_length=20, choices=Channel, default=Channel.FORM)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    subject_key = models.CharField(_("subject key"), max_length=SUBJECT_KEY_LENGTH, db_index=True)
    submission = models.UUIDField(
        _("submission"), null=True, unique=True, help_text=_("One form sent twice is one request.")
    )
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.UNPROVED)
    version = models.PositiveIntegerField(_("version"), default=1, help_text=_("Goes up with whatever is done."))
    received_at = models.DateTimeField(_("received on"))
    unproved_until = models.DateTimeField(_("to be proved until"), null=True)
    reminded_at = models.DateTimeField(_("reminded on"), null=True)
    proof = models.CharField(_("proof"), max_length=20, choices=Proof, blank=True)
    proved_at = models.DateTimeField(_("proved on"), null=True)
    due_on = models.DateField(_("legal date"), help_text=_("The last day for the answer, in Paris."))
    extended_at = models.DateTimeField(_("extended on"), null=True)
    paused_at = models.DateTimeField(_("clock paused on"), null=True)
    paused_days = models.PositiveSmallIntegerField(_("days the clock stood"), default=0)
    warned = models.PositiveSmallIntegerField(
        _("warned"), null=True, help_text=_("Days before the legal date of the last reminder to the officer.")
    )
    decision = models.CharField(_("decision"), max_length=10, choices=Decision, blank=True)
    refusal = models.CharField(_("ground of refusal"), max_length=10, choices=Refusal, blank=True)
    decided_at = models.DateTimeField(_("decided on"), null=True)
    decided_by = account(_("decided by"), db_index=False)
    closed_at = models.DateTimeField(_("closed on"), null=True)

    class Meta:
        verbose_name = _("rights request")
        verbose_name_plural = _("rights requests")
        indexes = [
            models.Index(
                fields=["due_on", "id"],
                condition=Q(state__in=[State.UNPROVED, State.OPEN, State.DOUBT, State.GRANTED]),
                name="rightsrequest_due",
            ),
            models.Index(fields=["closed_at"], name="rightsrequest_closed"),
            models.Index(
                fields=["unproved_until"], condition=Q(unproved_until__isnull=False), name="rightsrequest_unproved"
            ),
            models.Index(fields=["id"], condition=Q(state="granted"), name="rightsrequest_granted"),
            models.Index(fields=["-received_at", "-id"], name="rightsrequest_newest"),
            models.Index(fields=["state", "right", "due_on"], name="rightsrequest_state"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=DECIDED) | (~Q(proof="") & Q(decided_at__isnull=False) & ~Q(decision="")),
                name="rightsrequest_proved_and_decided",
            ),
            models.CheckConstraint(
                condition=~Q(proof=Proof.NOT_NEEDED) | Q(right=Right.MARKETING),
                name="rightsrequest_proof_needed",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=sorted(CLOSED)) | Q(closed_at__isnull=False),
                name="rightsrequest_closed_on",
            ),
        ]
        triggers = [
            pgtrigger.FSM(name="no_state_skipped", field="state", transitions=NEVER_BY_ITSELF),
        ]

    def __str__(self) -> str:
        return f"{self.reference}"

    @property
    def content(self) -> "CaseFile | None":
        """The case file, until its time has come."""
        return CaseFile.objects.filter(request=self).first()


class CaseFile(Numbered):
    """What one request holds about people: deleted thirty days after it is closed, or with its person's erasure."""

    request = models.OneToOneField(
        RightsRequest, on_delete=models.CASCADE, related_name="file", verbose_name=_("rights request")
    )
    subject_key = models.CharField(_("subject key"), max_length=SUBJECT_KEY_LENGTH, db_index=True)
    name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(_("e-mail address"), max_length=254)
    object = models.TextField(_("object"), max_length=2000, blank=True)
    context = models.TextField(_("context of collection"), max_length=2000, blank=True)
    details: models.JSONField[Any, Any] = models.JSONField(
        _("what is asked"), default=dict, blank=True, encoder=DjangoJSONEncoder
    )
    proof_seen = models.TextField(_("proof seen"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("case file")
        verbose_name_plural = _("case files")


class CaseParty(Numbered):
    """Somebody else whom a request names: found by their own address, so that their own rights reach this row."""

    class Role(models.TextChoices):
        REPRESENTATIVE = "representative", _("representative")
        RECIPIENT = "recipient", _("recipient of a transfer")
        EXECUTOR = "executor", _("executor")
        DECEASED = "deceased", _("deceased person")

    file = models.ForeignKey(CaseFile, on_delete=models.CASCADE, related_name="parties", verbose_name=_("case file"))
    role = models.CharField(_("role"), max_length=20, choices=Role)
    name = models.CharField(_("name"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail address"), max_length=254, blank=True)
    subject_key = models.CharField(_("subject key"), max_length=SUBJECT_KEY_LENGTH, blank=True, db_index=True)
    capacity = models.CharField(_("capacity"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("person named in a request")
        verbose_name_plural = _("persons named in requests")


class CaseEvent(Numbered):
    """What happened in a case, never changed: messages, notes, and every move of the clock with its reason."""

    class Kind(models.TextChoices):
        SUBMITTED = "submitted", _("request received")
        PROVED = "proved", _("it was proved who asks")
        MESSAGE = "message", _("message from the person")
        ANSWER = "answer", _("message from the officer")
        NOTE = "note", _("note among staff")
        PAPERS_ASKED = "papers-asked", _("identity paper asked for")
        PAPERS_GIVEN = "papers-given", _("identity paper given")
        IDENTITY_CHECKED = "identity-checked", _("identity checked")
        IDENTITY_REFUSED = "identity-refused", _("identity not established")
        PAUSED = "paused", _("clock paused")
        RESUMED = "resumed", _("clock runs again")
        EXTENDED = "extended", _("time extended")
        GRANTED = "granted", pgettext_lazy("event of a case", "granted")
        REFUSED = "refused", pgettext_lazy("event of a case", "refused")
        DONE = "done", _("carried out")
        FETCHED = "fetched", _("result fetched")
        READ = "read", _("paper or file looked at")
        REMINDED = "reminded", _("reminder sent")
        TAKEN_BACK = "taken-back", _("request taken back")
        NOTED = "noted", _("also done")

    file = models.ForeignKey(CaseFile, on_delete=models.CASCADE, related_name="events", verbose_name=_("case file"))
    kind = models.CharField(_("event"), max_length=20, choices=Kind)
    at = models.DateTimeField(_("date"))
    by = account(_("by"), db_index=False)
    note = models.TextField(_("words"), blank=True)
    shown = models.BooleanField(_("shown to its person"), default=True)

    class Meta:
        verbose_name = _("event of a case")
        verbose_name_plural = _("events of cases")
        ordering = ["pk"]
        triggers = [AppendOnly()]
