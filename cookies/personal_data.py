"""What is kept about choices and visits, and what this app itself may leave in a browser."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from cookies.audience.counting import COOKIE as AUDIENCE_COOKIE
from cookies.catalogue import AUDIENCE, NECESSARY, audience_is_counted
from cookies.choice import COOKIE
from cookies.models import AudienceCount, CatalogueVersion, ChoiceEvent, RefusalCount, StoppedCookie
from privacy.declarations import Activity, LegalBasis, NoPersonalData, PersonalData, Retention, Then, setting
from privacy.erasers import Blank, ToMonth
from privacy.periods import THIRTEEN_MONTHS
from privacy.registry import register, register_trackers
from privacy.trackers import Tracker

CHOICES = Activity(
    name="cookie-choices",
    purpose=_("Being able to prove that trackers were agreed to"),
    basis=LegalBasis.LEGAL_OBLIGATION,
    people=_("Visitors who agreed to trackers"),
    recipients=_("The people of the company who answer for data protection"),
)
VISITS = Activity(
    name="audience",
    purpose=_("Counting how often the pages of this site are read"),
    basis=LegalBasis.CONSENT,
    people=_("Visitors who agreed to be counted"),
    recipients=_("The people of the company who look after the site"),
    in_use=audience_is_counted,
)

register_trackers(
    Tracker(
        name=COOKIE,
        purpose=NECESSARY,
        what_for=_("Remembers what you chose about cookies. Set only when you choose."),
        life=settings.COOKIE_CHOICE_LIFE,
    ),
    Tracker(
        name=AUDIENCE_COOKIE,
        purpose=AUDIENCE,
        what_for=_("Holds the day of your first visit and of your last one: a visit is then counted once a day."),
        life=THIRTEEN_MONTHS,
    ),
)

register(
    PersonalData(
        model=ChoiceEvent,
        activity=CHOICES,
        no_person_because="The number is random, and only the visitor's own browser knows whose it is.",
        fields={"number": Blank(), "at": ToMonth(), "ends_at": ToMonth()},
        not_personal={"kind", "purposes", "version", "language"},
        retention=Retention(clock="ends_at", keep=setting("COOKIE_PROOF_RETENTION"), then=Then.DELETE),
    ),
    PersonalData(
        model=AudienceCount,
        activity=VISITS,
        no_person_because="Counts of a day, in which nobody has a line of their own.",
        fields={"referrer": Blank(), "began_at": ToMonth()},
        not_personal={"day", "page", "language", "views", "visits"},
        retention=Retention(clock="began_at", keep=setting("AUDIENCE_RETENTION"), then=Then.DELETE),
    ),
    NoPersonalData(
        model=CatalogueVersion,
        columns={"digest", "asked", "catalogue", "text_fr", "text_en", "recorded_at"},
        because="The company's own words, the same for everybody who saw them.",
    ),
    NoPersonalData(model=RefusalCount, columns={"day", "count"}, because="Counts by day."),
    NoPersonalData(model=StoppedCookie, columns={"day", "reason", "count"}, because="Counts by day."),
)
