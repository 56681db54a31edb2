from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from privacy.accounts import account
from privacy.append_only import AppendOnly, accounts_gone, only
from privacy.numbered import Numbered

LIMIT = timedelta(hours=72)
"""From awareness, in hours that pass, by night and on holidays too (GDPR Art. 33(1))."""
LONGEST = 5000
STANDS = ("aware_at", "notify", "notified_at", "tell", "told_at", "answer_by", "closed_at")
"""What a breach carries of its statements: the last word of each."""
CARRIED = f"""{only(*STANDS, "warned", "answer_warned")} AND (OLD.closed_at IS NULL OR NEW.closed_at = OLD.closed_at)"""

NAME_NOBODY = _("Name nobody.")


class Decision(models.TextChoices):
    YES = "yes", _("yes")
    NO = "no", _("no")


class BreachQuerySet(models.QuerySet["Breach"]):
    def unsettled(self) -> "BreachQuerySet":
        """Neither notified to the CNIL, nor decided with reasons that it need not be."""
        return self.filter(notified_at=None).exclude(notify=Decision.NO)


class Breach(Numbered):
    """One breach, and what stands of it now. Everything that was ever said of it is in its statements.

    `aware_at` starts the clock. `warned` is how many hours were left at the officer's last reminder, `answer_warned`
    how many days until the answer to the CNIL: 0 for none.
    """

    entered_at = models.DateTimeField(_("entered on"), default=timezone.now, editable=False)
    aware_at = models.DateTimeField(_("known since"), db_index=True)
    notify = models.CharField(_("notify the CNIL"), max_length=3, choices=Decision, blank=True)
    notified_at = models.DateTimeField(_("notified to the CNIL on"), null=True)
    tell = models.CharField(_("tell the people concerned"), max_length=3, choices=Decision, blank=True)
    told_at = models.DateTimeField(_("people told on"), null=True)
    answer_by = models.DateField(_("answer due to the CNIL on"), null=True)
    warned = models.PositiveSmallIntegerField(_("reminded with so many hours left"), null=True)
    answer_warned = models.PositiveSmallIntegerField(_("reminded of the answer with so many days left"), null=True)
    closed_at = models.DateTimeField(_("closed on"), null=True, db_index=True)

    objects = BreachQuerySet.as_manager()

    class Meta:
        verbose_name = _("personal-data breach")
        verbose_name_plural = _("personal-data breaches")
        triggers = [AppendOnly(unless=CARRIED)]

    @property
    def due_at(self) -> datetime:
        """When the CNIL must have been told at the latest."""
        return self.aware_at + LIMIT

    @property
    def is_settled(self) -> bool:
        return self.notified_at is not None or self.notify == Decision.NO


class BreachStatement(Numbered):
    """What was known or decided about a breach on one day. Never changed: what was wrong is put right by the next one.

    An empty column says nothing, and what was said before stands. So a notification in phases (Art. 33(4)) is several
    statements. `answer_by` belongs to `correspondence`: the next letter of either side says whether one is still due.
    """

    breach = models.ForeignKey(Breach, on_delete=models.CASCADE, related_name="statements", verbose_name=_("breach"))
    at = models.DateTimeField(_("date"), default=timezone.now, editable=False)
    by = account(_("by"), editable=False, db_index=False)
    aware_at = models.DateTimeField(
        _("known since"),
        null=True,
        blank=True,
        help_text=_("When you became certain of it, Paris time. The 72 hours run from here."),
    )
    nature = models.TextField(
        _("nature"),
        max_length=LONGEST,
        blank=True,
        help_text=_("What happened: data disclosed, altered, lost or out of reach, how and since when. Name nobody."),
    )
    people = models.PositiveBigIntegerField(_("people, about"), null=True, blank=True, help_text=_("How many."))
    records = models.PositiveBigIntegerField(_("records, about"), null=True, blank=True, help_text=_("How many."))
    categories = models.TextField(
        _("categories of people and of data"),
        max_length=LONGEST,
        blank=True,
        help_text=_("Such as: visitors who wrote to us; names, addresses, messages. Name nobody."),
    )
    consequences = models.TextField(_("likely consequences"), max_length=LONGEST, blank=True, help_text=NAME_NOBODY)
    measures = models.TextField(
        _("measures"),
        max_length=LONGEST,
        blank=True,
        help_text=_("Taken or planned, to end the breach and to soften what follows from it. Name nobody."),
    )
    notify = models.CharField(
        _("notify the CNIL"),
        max_length=3,
        choices=Decision,
        blank=True,
        help_text=_("Unless the breach is unlikely to put anybody’s rights and freedoms at risk (Art. 33(1))."),
    )
    notify_because = models.TextField(
        _("reasons for this"),
        max_length=LONGEST,
        blank=True,
        help_text=_("Of the decision; and of the delay, past the 72 hours. Name nobody."),
    )
    notified_at = models.DateTimeField(
        _("notified to the CNIL on"),
        null=True,
        blank=True,
        help_text=_("The first time, Paris time. What is learnt later may follow in phases (Art. 33(4))."),
    )
    tell = models.CharField(
        _("tell the people concerned"),
        max_length=3,
        choices=Decision,
        blank=True,
        help_text=_("Where the risk for them is high, without delay (Art. 34)."),
    )
    tell_because = models.TextField(
        _("reasons for that"), max_length=LONGEST, blank=True, help_text=_("Of the decision. Name nobody.")
    )
    told_at = models.DateTimeField(_("people told on"), null=True, blank=True, help_text=_("Paris time."))
    correspondence = models.TextField(
        _("correspondence with the CNIL"),
        max_length=LONGEST,
        blank=True,
        help_text=_("What was written or received, with its date and reference. Name nobody."),
    )
    answer_by = models.DateField(
        _("answer due to the CNIL on"), null=True, blank=True, help_text=_("Empty: none is awaited any more.")
    )
    closes = models.BooleanField(
        _("close the breach"), default=False, help_text=_("Its last years in the register run from then.")
    )

    class Meta:
        verbose_name = _("statement about a breach")
        verbose_name_plural = _("statements about breaches")
        triggers = [AppendOnly(unless=accounts_gone("by_id"))]
