"""What the officer decides again by a date: holds, restrictions, contracts with processors; and papers that wait."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import CharField, F, QuerySet, Value
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from privacy.clocks import clock_until
from privacy.holds.models import Hold
from privacy.models import PolicyVersion
from privacy.panels import Line, Panel, Step, list_of, sees
from privacy.papers.models import Paper
from privacy.restrictions.models import Restriction

NEXT = 3
REVIEWED = (Hold, Restriction)


def panel(user: Any) -> Panel | None:
    """One query for the dates, whatever there is."""
    today = timezone.localdate()
    lines = list(_lines(user, today))
    return Panel(name="reviews", title=_("To review"), lines=lines, steps=list(_steps(user))) if lines else None


def _lines(user: Any, today: date) -> Iterator[Line]:
    if sees(user, Paper):
        papers = Paper.objects.order_by("received_at")
        yield Line(label=_("Identity papers waiting"), address=list_of(Paper), rows=[papers], waits=True)
    if sees(user, Hold):
        yield _due(_("Holds to review"), Hold, today)
        yield _in_force(_("Holds in force"), Hold)
    if sees(user, Restriction):
        yield _due(_("Restrictions to review"), Restriction, today)
        yield _in_force(_("Restrictions in force"), Restriction)
    if sees(user, PolicyVersion):
        due = sum(processor.review <= today for processor in settings.PROCESSORS)
        page = f"{reverse('record')}#processors"
        yield Line(label=_("Processors’ contracts to review"), address=page, told=str(due), waits=bool(due))


def _standing(model: Any) -> QuerySet[Any]:
    return model.objects.standing().order_by("review_on")  # type: ignore[no-any-return]


def _due(label: str, model: Any, today: date) -> Line:
    rows = _standing(model).filter(review_on__lte=today)
    return Line(label=label, address=list_of(model, "state=due"), rows=[rows], waits=True)


def _in_force(label: str, model: Any) -> Line:
    return Line(label=label, address=list_of(model, "state=standing"), rows=[_standing(model)])


def _steps(user: Any) -> Iterator[Step]:
    """The nearest dates of each kind."""
    dated = [
        _standing(model).values_list(Value(model.__name__, CharField()), "pk", F("review_on"))[:NEXT]
        for model in REVIEWED
        if sees(user, model)
    ]
    models = {model.__name__: model for model in REVIEWED}
    for name, pk, on in dated[0].union(*dated[1:], all=True) if dated else ():
        opts = models[name]._meta
        yield Step(
            on=on,
            words=_("review of the %(what)s %(number)d") % {"what": opts.verbose_name, "number": pk},
            address=reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[pk]),
            clock=clock_until(on),
        )
    if sees(user, PolicyVersion):
        for processor in settings.PROCESSORS:
            words = _("review of the contract with %(name)s") % {"name": processor.name}
            page = f"{reverse('record')}#processors"
            yield Step(on=processor.review, words=words, address=page, clock=clock_until(processor.review))
