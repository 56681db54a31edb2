"""What the officer did in four years, by the services themselves, each on its own day: this process's clock travels.

Requests about rights in each state, holds, a restriction, a directive, breaches, and what staff looked at.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import time_machine

from contact.models import ContactRequest, Prospect
from customerlabs.demo.nights import letters_have_left
from customerlabs.demo.people import Invented, World
from customerlabs.models import StaffMember
from privacy.audit.services import Action, record_all
from privacy.breaches import services as breaches
from privacy.breaches.models import Breach, BreachStatement
from privacy.declarations import KeptGround
from privacy.holds.models import Hold
from privacy.holds.services import place_on_person
from privacy.links import single_use
from privacy.models import RightsRequest
from privacy.objections.services import settle_objections
from privacy.papers import services as papers
from privacy.restrictions.models import Ground, Restriction
from privacy.restrictions.services import Scope, place
from privacy.rights import intake
from privacy.rights.carrying_out import carriers
from privacy.rights.desk import services as desk
from privacy.rights.fulfilment import redacting
from privacy.rights.kinds import Refusal, Right, State
from privacy.rights.links import PROVE

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
DETAILS: dict[Right, dict[str, str]] = {
    Right.RECTIFICATION: {"wrong": "Mon nom de famille est mal orthographié.", "correct": "Avec deux « n »."},
    Right.ERASURE: {"erase": "Tout ce que vous avez sur moi.", "ground": "17(1)(b)"},
    Right.RESTRICTION: {"restrict": "Mon message du mois dernier.", "ground": "18(1)(a)"},
    Right.OBJECTION: {"reasons": "Je ne souhaite plus de contact de votre part."},
    Right.WITHDRAWAL: {"consent": "Les nouvelles par courriel."},
    Right.DIRECTIVE: {"choice": "erase"},
    Right.HEIRS: {"wish": "close", "proof": "Acte de notoriété du 3 mars."},
    Right.QUESTION: {"question": "Qui lit les messages du formulaire, et combien de temps restent-ils ?"},
}
Past = tuple[Right, str]

PAST: tuple[Past, ...] = (
    *((Right.ACCESS, "grant"),) * 18,
    *((Right.ERASURE, "grant"),) * 14,
    *((Right.MARKETING, "at once"),) * 12,
    *((Right.QUESTION, "answer"),) * 9,
    *((Right.PORTABILITY, "grant"),) * 4,
    *((Right.OBJECTION, "at once"),) * 4,
    *((Right.RECTIFICATION, "refuse"),) * 3,
    *((Right.HEIRS, "refuse"),) * 2,
    *((Right.ACCESS, "take back"),) * 4,
)
NOW = (
    (Right.ACCESS, "unproved", 2),
    (Right.ERASURE, "unproved", 5),
    (Right.ACCESS, "wait", 27),
    (Right.RECTIFICATION, "wait", 21),
    (Right.QUESTION, "wait", 4),
    (Right.RESTRICTION, "wait", 9),
    (Right.HEIRS, "wait", 13),
    (Right.PORTABILITY, "extend", 29),
    (Right.ACCESS, "doubt", 12),
    (Right.ACCESS, "grant slowly", 6),
    (Right.DIRECTIVE, "at once", 60),
    (Right.ERASURE, "grant", 18),
    (Right.ACCESS, "grant", 11),
    (Right.ERASURE, "refuse", 16),
    (Right.ACCESS, "take back", 8),
)
"""What stands on the desk today: a right, what became of it, and how many days ago it came."""

Step = tuple[datetime, Callable[[], object]]


class Officer:
    """Gathers steps, each with its moment, and takes them in the order of time."""

    def __init__(self, world: World, officer: StaffMember) -> None:
        self.world, self.by = world, officer.pk
        self._steps: list[Step] = []

    def on(self, at: datetime, step: Callable[[], object]) -> None:
        self._steps.append((min(at, self.world.now), step))

    def work(self) -> None:
        for at, step in sorted(self._steps, key=lambda step: step[0]):
            with time_machine.travel(at, tick=False):
                step()
                letters_have_left()

    def rights(self, past: Sequence[Past], strangers: Sequence[Invented], known: Sequence[Invented]) -> None:
        """Past requests came from people of whom nothing else is held any more; today's from people who wrote."""
        for person, (right, ending) in zip(strangers, past, strict=True):
            self._request(right, ending, person, self.world.within(self.world.began, self.world.now - 45 * DAY))
        for person, (right, ending, days) in zip(known, NOW, strict=True):
            self._request(right, ending, person, self.world.now - days * DAY - HOUR)
        for days in range(0, 4 * 365, 30):
            self.on(self.world.now - days * DAY, settle_objections)

    def _request(self, right: Right, ending: str, person: Invented, at: datetime) -> None:
        case: dict[str, int] = {}

        def fresh() -> RightsRequest:
            return RightsRequest.objects.get(pk=case["pk"])

        def ask() -> None:
            made = intake.submit(
                right,
                name=person.name,
                email=person.email,
                language=person.language,
                details=DETAILS.get(right),
            )
            case["pk"] = made.pk

        def prove() -> None:
            made = fresh()
            intake.prove(single_use.mint(PROVE, made, subject_key=made.subject_key, life=RightsRequest.PROVE_WITHIN))

        self.on(at, ask)
        if ending == "unproved" or right == Right.MARKETING:
            return
        self.on(at + HOUR, prove)
        if ending in ENDINGS:
            soon = 5 * DAY if at > self.world.now - 40 * DAY else self.world.random.randrange(3, 20) * DAY
            decided = self.world.now - 2 * HOUR if ending == "grant slowly" else at + soon
            self.on(decided, lambda: ENDINGS[ending](fresh(), self.by))

    def holds_and_restrictions(self, known: Sequence[Invented]) -> None:
        today = self.world.now.date()
        for index, (reason, review) in enumerate((("Litige 2024-31", 200), ("Contrôle fiscal en cours", 12))):
            hold = Hold(ground=KeptGround.CLAIMS, reason=reason, placed_by_id=self.by, review_on=today + review * DAY)
            self.on(self.world.now - 90 * DAY, partial(place_on_person, hold, known[index].email))
        restriction = Restriction(
            ground=Ground.ACCURACY,
            reason="L’adresse de facturation est contestée.",
            placed_by_id=self.by,
            review_on=today + 25 * DAY,
        )
        self.on(self.world.now - 20 * DAY, lambda: place(restriction, Scope(address=known[2].email)))

    def breaches(self) -> None:
        """One of last year, handled in time and closed; one known since yesterday, still to be decided."""
        then, case = self.world.now - 300 * DAY, dict[str, int]()

        def say(**words: Any) -> Callable[[], None]:
            def step() -> None:
                statement = BreachStatement(**words)
                if "pk" in case:
                    breaches.add(case["pk"], statement, by=self.by)
                else:
                    case["pk"] = breaches.enter(statement, by=self.by).pk

            return step

        for hours, words in (
            (2, {"aware_at": then, "nature": "Un ordinateur portable a été volé dans un train.", "people": 120}),
            (
                8,
                {"measures": "Compte fermé, clé de chiffrement révoquée.", "categories": "Prospects : noms, adresses."},
            ),
            (30, {"notify": "yes", "notify_because": "Le disque n’était pas chiffré.", "consequences": "Hameçonnage."}),
            (40, {"notified_at": then + 40 * HOUR, "tell": "no", "tell_because": "Le risque n’est pas élevé."}),
            (200, {"correspondence": "La CNIL demande le journal des accès.", "answer_by": (then + 20 * DAY).date()}),
            (400, {"correspondence": "Journal envoyé.", "closes": True}),
        ):
            self.on(then + hours * HOUR, say(**words))
        recent = BreachStatement(
            aware_at=self.world.now - 31 * HOUR,
            nature="Une liste de courriels a été envoyée en copie visible à 48 destinataires.",
            people=48,
            records=48,
            categories="Personnes inscrites aux nouvelles : adresses électroniques.",
            measures="Rappel du message demandé aux destinataires.",
        )
        self.on(self.world.now - 30 * HOUR, lambda: Breach.objects.exists() and breaches.enter(recent, by=self.by))

    def readings(self, staff: Sequence[StaffMember]) -> None:
        """A year of looking at records, so that the trail can be searched and a person be told when theirs was read."""
        requests = list(ContactRequest.objects.filter(is_anonymised=False).values_list("pk", flat=True))
        prospects = list(Prospect.objects.values_list("pk", flat=True))
        for day in range(330, 0, -3):
            by = self.world.random.choice(staff).pk
            keys = self.world.random.sample(requests, k=min(4, len(requests)))
            self.on(
                self.world.now - day * DAY,
                partial(record_all, Action.READ, ContactRequest, keys, by=by),
            )
        some = self.world.random.sample(prospects, k=min(10, len(prospects)))
        self.on(self.world.now - 3 * DAY, lambda: record_all(Action.READ, Prospect, some, by=self.by))


def _grant_and_carry_out(request: RightsRequest, by: int) -> None:
    _grant(request, by)
    carrier = carriers.of(request)
    if carrier is not None:
        carrier.carry_out(request.pk)


def _grant(request: RightsRequest, by: int) -> None:
    redacting.save(request.pk, (), by=by, confirmed=True)  # Nobody else is named in what they wrote.
    desk.grant(request.pk, by=by, seen=request.version)


def _refuse(request: RightsRequest, by: int) -> None:
    ground = Refusal.HEIRS if request.right == Right.HEIRS else Refusal.OTHER
    desk.refuse(request.pk, by=by, seen=request.version, ground=ground, words="Voir la raison dans notre courrier.")


def _answer(request: RightsRequest, by: int) -> None:
    words = "Trois personnes de l’équipe, et jusqu’à trente jours après la clôture de votre demande."
    desk.answer(request.pk, by=by, seen=request.version, words=words)


def _doubt(request: RightsRequest, by: int) -> None:
    reasons = "Le nom donné n’est pas celui sous lequel nous connaissons cette adresse."
    papers.ask(request.pk, by=by, seen=request.version, reasons=reasons)


def _extend(request: RightsRequest, by: int) -> None:
    desk.extend(request.pk, by=by, seen=request.version, reasons="Plusieurs sources sont à réunir.")


def _take_back(request: RightsRequest, by: int) -> None:
    if request.state in (State.OPEN, State.DOUBT):
        intake.take_back(request)


ENDINGS: dict[str, Callable[[RightsRequest, int], None]] = {
    "grant": _grant_and_carry_out,
    "grant slowly": _grant,
    "refuse": _refuse,
    "answer": _answer,
    "doubt": _doubt,
    "extend": _extend,
    "take back": _take_back,
}
