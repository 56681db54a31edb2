"""What the public page and its JSON twin say, from one reading. Nothing about anybody stands in it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from privacy.commitments.proofs import Proof, proofs
from privacy.commitments.standing import Standing, standings
from privacy.promises import PROMISES, SECTIONS, Promise


@dataclass(frozen=True)
class Kept:
    """One promise: the checks that watch it, those shown elsewhere that watch it too, the tests that prove it."""

    promise: Promise
    watched_by: list[Standing]
    watched_too: list[Standing]
    tests: list[Proof]


@dataclass(frozen=True)
class Section:
    number: int
    title: object
    kept: list[Kept]


@dataclass(frozen=True)
class Overview:
    sections: list[Section]
    standings: list[Standing]

    @property
    def checked_at(self) -> datetime | None:
        """The last check of any commitment."""
        return max((each.watched.checked_at for each in self.standings if each.watched), default=None)

    @property
    def red(self) -> list[Standing]:
        return [standing for standing in self.standings if standing.is_red]

    @property
    def green(self) -> list[Standing]:
        return [standing for standing in self.standings if standing.is_green]


def overview(now: datetime | None = None) -> Overview:
    standing = standings(now)
    tests: dict[str, list[Proof]] = {}
    for proof in proofs():
        tests.setdefault(proof.promise, []).append(proof)
    kept = [
        Kept(
            promise=promise,
            watched_by=[each for each in standing if each.commitment.promises[0] == promise.id],
            watched_too=[each for each in standing if promise.id in each.commitment.promises[1:]],
            tests=tests.get(promise.id, []),
        )
        for promise in PROMISES.values()
    ]
    sections = [
        Section(number, title, [each for each in kept if each.promise.section == number])
        for number, title in SECTIONS.items()
    ]
    return Overview(sections, standing)


def as_json(shown: Overview) -> dict[str, Any]:
    """The page for programs; docs/commitments.md describes its shape. Times are UTC, ISO 8601."""
    return {
        "site": settings.SITE_URL,
        "page": {code: _in(code, lambda: settings.SITE_URL + reverse("commitments")) for code in _languages()},
        "checked_at": _iso(shown.checked_at),
        "green": len(shown.green),
        "red": len(shown.red),
        "promises": [
            {
                "id": kept.promise.id,
                "section": section.number,
                "title": _words(kept.promise.title),
                "tests": [f"{proof.path}::{proof.test}" for proof in kept.tests],
            }
            for section in shown.sections
            for kept in section.kept
        ],
        "commitments": [_commitment(standing) for standing in shown.standings],
    }


def _commitment(standing: Standing) -> dict[str, Any]:
    commitment, watched = standing.commitment, standing.watched
    evidence = None if watched is None or watched.error else watched
    return {
        "name": commitment.name,
        "promises": list(commitment.promises),
        "said": _words(commitment.said),
        "checked": _words(commitment.checked),
        "state": standing.state.value,
        "since": _iso(watched.since if watched else None),
        "checked_at": _iso(watched.checked_at if watched else None),
        "number": evidence.number if evidence else None,
        "on": _iso(evidence.on if evidence else None),
        "figure": {code: _in(code, lambda: standing.figure) for code in _languages()},
    }


def _languages() -> list[str]:
    return [code for code, _ in settings.LANGUAGES]


def _words(text: object) -> dict[str, str]:
    return {code: _in(code, lambda: str(text)) for code in _languages()}


def _in(language: str, say: Any) -> str:
    with translation.override(language):
        return str(say())


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z") if moment else None
