"""What visitors did in four years: requests and their threads, news asked for and taken back, choices about cookies.

All of it is written as it was when it was live. What has had its time since is then taken by the purge itself.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from contact.models import ContactRequest, ExportRecord, Mailing, MailingDelivery, Prospect, ThreadEntry
from contact.prospects.letters import PENDING_LIFE
from contact.prospects.purposes import NEWS, NEWS_CONFIRMED
from contact.purposes import REQUEST_PURPOSES
from cookies.banner import shown
from cookies.models import ChoiceEvent, RefusalCount
from customerlabs.demo.consents import Consents, Kind
from customerlabs.demo.people import Invented, World
from customerlabs.demo.words import ANSWERS, MAILINGS, NOTES, REPLIES, SPAM, message
from customerlabs.models import StaffMember

Status = ContactRequest.Status
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
THREE_YEARS = 3 * 365 * DAY
KINDS = ("contact", "contact", "contact", "question", "question", "complaint")
CHOICE_LIFE = 182 * DAY


def write_requests(world: World, people: Sequence[Invented], staff: Sequence[StaffMember], number: int) -> None:
    consents = Consents()
    requests = [_request(world, consents, world.random.choice(people), index, number) for index in range(number)]
    consents.write()
    for request in requests:
        request.consent = request.consent
        if request.read_at:
            request.assignee = world.random.choice([*staff, None])
    ContactRequest.objects.bulk_create(requests)
    entries = [entry for request in requests for entry in _thread(world, request, staff)]
    ThreadEntry.objects.bulk_create(entries)


def _request(world: World, consents: Consents, person: Invented, index: int, number: int) -> ContactRequest:
    """More of them lately than four years ago; the last ones are unwanted, or wait for their confirmation."""
    kind = world.random.choice(KINDS)
    left = number - index
    if left <= 3:
        received = world.ago(most=20 * HOUR, least=HOUR)
    elif left <= 15:
        received = world.ago(most=5 * DAY, least=DAY)
    else:
        received = world.now - HOUR - (world.now - world.began - DAY) * world.random.random() ** 1.4
    consent = consents.given(
        REQUEST_PURPOSES[ContactRequest.Kind(kind)],
        key=person.key,
        language=person.language,
        at=received,
        ended_at=None,
    )
    request = ContactRequest(
        kind=kind,
        first_name=person.first_name,
        last_name=person.last_name,
        email=person.email,
        phone=person.phone,
        message=message(world, kind, person.language),
        language=person.language,
        subject_key=person.key,
        consent=consent,
        received_at=received,
        last_activity_at=received,
    )
    if left <= 3:
        request.status, request.held_until = Status.HELD, received + DAY
    elif left <= 15:
        request.status, request.message, request.spam_at = Status.SPAM, SPAM, received + HOUR
        request.read_at = request.last_activity_at = request.spam_at
    else:
        _handled(world, request)
    return request


def _handled(world: World, request: ContactRequest) -> None:
    """How far the staff got with it, by its age."""
    age = world.now - request.received_at
    by_chance = world.random.random()
    if by_chance < (0.7 if age < 3 * DAY else 0.15 if age < 12 * DAY else 0):
        return
    answered = min(request.received_at + world.random.random() * 4 * DAY, world.now)
    request.read_at = world.within(request.received_at, answered)
    request.last_activity_at = answered
    request.status = Status.ANSWERED
    is_silent = age < 300 * DAY and by_chance > (0.6 if age < 20 * DAY else 0.98)
    if not is_silent:
        request.closed_at = min(answered + world.random.random() * 10 * DAY, world.now)
        request.last_activity_at, request.status = request.closed_at, Status.CLOSED


def _thread(world: World, request: ContactRequest, staff: Sequence[StaffMember]) -> list[ThreadEntry]:
    if request.status not in (Status.ANSWERED, Status.CLOSED) or request.read_at is None:
        return []
    author, pick = world.random.choice(staff), world.random.choice
    answered = request.closed_at or request.last_activity_at

    def entry(kind: ThreadEntry.Kind, body: str, at: datetime, by: StaffMember | None) -> ThreadEntry:
        return ThreadEntry(request=request, kind=kind, body=body, written_at=at, author=by)

    thread = [entry(ThreadEntry.Kind.ANSWER, pick(ANSWERS[request.language]), answered, author)]
    if world.chance(0.2):
        thread.insert(0, entry(ThreadEntry.Kind.NOTE, pick(NOTES), request.read_at, author))
    if world.chance(0.2):
        thread.insert(0, entry(ThreadEntry.Kind.REPLY, pick(REPLIES[request.language]), request.read_at, author))
    return thread


def write_news(world: World, people: Sequence[Invented], officer: StaffMember) -> None:
    """Who gets news, some of them near the end of their three years; who took it back; what was sent to them."""
    consents = Consents()
    prospects = [_prospect(world, consents, person, index) for index, person in enumerate(people)]
    consents.write()
    live = [prospect for prospect in prospects if prospect is not None]
    for prospect in live:
        prospect.consent = prospect.consent
    Prospect.objects.bulk_create(live)
    _write_mailings(world, [prospect for prospect in live if prospect.pending_until is None])
    ExportRecord.objects.create(
        by=officer, at=world.now - 40 * DAY, reason="Envoi du bilan annuel", people=len(live), is_complete=True
    )


def _prospect(world: World, consents: Consents, person: Invented, index: int) -> Prospect | None:
    """One in twelve is near expiry, one in six has taken it back, and a few have not confirmed yet."""
    is_pending, is_gone = index < 4, index % 6 == 5
    if is_pending:
        asked = world.ago(most=2 * DAY, least=HOUR)
    elif index % 12 == 0:
        asked = world.now - THREE_YEARS + world.random.random() * 30 * DAY + 2 * DAY
    else:
        asked = world.ago(most=THREE_YEARS - 60 * DAY, least=DAY)
    confirmed = asked + HOUR
    ended = world.within(confirmed, world.now) if is_gone else None
    consent = consents.given(NEWS, key=person.key, language=person.language, at=asked, ended_at=ended)
    if not is_pending:
        consents.event(
            consent,
            Kind.CONFIRMED,
            NEWS_CONFIRMED,
            language=person.language,
            form="news-confirmation",
            at=confirmed,
        )
    if ended:
        consents.event(
            consent,
            Kind.WITHDRAWN,
            NEWS.withdrawal.wording,
            language=person.language,
            form="withdrawal-link",
            at=ended,
        )
        return None
    return Prospect(
        first_name=person.first_name,
        last_name=person.last_name,
        email=person.email,
        language=person.language,
        subject_key=person.key,
        consent=consent,
        asked_at=asked,
        pending_until=asked + PENDING_LIFE if is_pending else None,
        last_contact_at=None if is_pending else confirmed,
    )


def _write_mailings(world: World, prospects: Sequence[Prospect]) -> None:
    for number, (subject, body, subject_en) in enumerate(MAILINGS):
        at = world.now - (20 + 170 * (len(MAILINGS) - 2 - number)) * DAY
        words = {"subject_fr": subject, "body_fr": body, "subject_en": subject_en, "body_en": subject_en + "."}
        if number == len(MAILINGS) - 1:
            Mailing.objects.create(**words, created_at=world.now - 2 * DAY)
            return
        readers = [one for one in prospects if one.asked_at < at]
        mailing = Mailing.objects.create(
            **words,
            state=Mailing.State.SENT,
            created_at=at - DAY,
            queued_at=at,
            ended_at=at + HOUR,
            recipients=len(readers),
            sent=len(readers),
        )
        MailingDelivery.objects.bulk_create(
            MailingDelivery(
                mailing=mailing,
                prospect=one,
                state=MailingDelivery.State.SENT,
                attempts=1,
                due_at=at,
                begun_at=at,
                finished_at=at + HOUR,
            )
            for one in readers
        )


def write_choices(world: World, number: int) -> None:
    """Agreements to cookies, some taken back; how many refused, day by day."""
    version = shown().recorded()
    events = []
    for index in range(number):
        at = world.ago(most=500 * DAY)
        digits = f"{world.random.getrandbits(64):016x}"
        choice = "-".join(digits[start : start + 4] for start in range(0, 16, 4))
        language = "fr" if world.chance(0.85) else "en"
        taken_back = index % 8 == 0
        end = min(world.within(at, at + CHOICE_LIFE), world.now) if taken_back else at + CHOICE_LIFE
        for kind, when in (
            (ChoiceEvent.Kind.ACCEPTED, at),
            *([(ChoiceEvent.Kind.WITHDRAWN, end)] if taken_back else []),
        ):
            events.append(
                ChoiceEvent(
                    kind=kind,
                    number=choice,
                    purposes="audience",
                    version=version,
                    language=language,
                    at=when,
                    ends_at=end,
                )
            )
    ChoiceEvent.objects.bulk_create(events)
    today = timezone.localdate(world.now)
    RefusalCount.objects.bulk_create(
        RefusalCount(day=today - days * DAY, count=world.random.randrange(2, 25)) for days in range(400)
    )
