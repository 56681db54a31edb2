"""Who works for the company on personal data, and under what contract (GDPR Art. 28, 30(1), 44–49, P4.1).

Knows no Django: the settings read it. An operator writes the register as TOML:

    [[processor]]
    name = "Hébergeur Exemple SAS"
    activities = []                          # none named: all of them
    what_for = {fr = "héberge le site", en = "hosts the site"}
    country = "FR"                           # ISO 3166
    safeguards = {fr = "…", en = "…"}        # required outside the European Economic Area
    contract = 2026-01-15
    sub_processors = ["Centre de données Exemple"]
    review = 2027-01-15                      # when the contract is looked at again
    email = "privacy@hebergeur.example"      # optional: told by letter of corrections and erasures (Art. 19)
"""

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

LANGUAGES = ("fr", "en")
EEA = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK".split()  # noqa: SIM905
)
"""Where no safeguard for a transfer is needed (GDPR Art. 44)."""


@dataclass(frozen=True, kw_only=True)
class Processor:
    """One processor. `what_for` and `safeguards` are texts by language; `activities` are names, none meaning all."""

    name: str
    what_for: Mapping[str, str]
    country: str
    contract: date
    review: date
    safeguards: Mapping[str, str]
    sub_processors: Collection[str] = ()
    activities: Collection[str] = ()
    email: str = ""

    @property
    def is_transfer(self) -> bool:
        """Whether data leaves the European Economic Area."""
        return self.country not in EEA

    def serves(self, activity: str) -> bool:
        return not self.activities or activity in self.activities


def read_processors(text: str) -> tuple[Processor, ...]:
    """Read the register. Raises ValueError with a sentence that says which entry is wrong, and how."""
    try:
        read = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"it is not TOML ({error}).") from None
    entries = read.pop("processor", [])
    if read or not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ValueError("it holds something else than [[processor]] entries.")
    return tuple(_processor(number, entry) for number, entry in enumerate(entries, start=1))


def _processor(number: int, entry: dict[str, Any]) -> Processor:
    def refuse(why: str) -> ValueError:
        return ValueError(f"processor {number}: {why}")

    unknown = entry.keys() - {field.name for field in fields(Processor)}
    if unknown:
        raise refuse(f"“{min(unknown)}” is not a field.")
    for name in ("name", "country"):
        if not isinstance(entry.get(name), str) or not entry[name].strip():
            raise refuse(f"“{name}” is missing.")
    if not isinstance(entry.get("email", ""), str) or entry.get("email", "@").count("@") != 1:
        raise refuse("“email” is one address.")
    country = entry["country"].strip().upper()
    if len(country) != 2 or not country.isascii() or not country.isalpha():
        raise refuse("“country” is two letters, such as FR.")
    for name in ("contract", "review"):
        if type(entry.get(name)) is not date:
            raise refuse(f"“{name}” is a date, written 2026-01-15 and without quotes.")
    for name in ("sub_processors", "activities"):
        values = entry.get(name, [])
        if not isinstance(values, list) or not all(isinstance(value, str) and value.strip() for value in values):
            raise refuse(f"“{name}” is a list of names.")
    for name in ("what_for", "safeguards"):
        texts = entry.setdefault(name, {})
        needed = name == "what_for" or texts or country not in EEA
        if not isinstance(texts, dict) or texts.keys() - set(LANGUAGES) or (needed and not _in_each_language(texts)):
            outside = (
                f" Outside the European Economic Area ({country}), it is required." if name == "safeguards" else ""
            )
            raise refuse(f'“{name}” is a text in each language, as in {{fr = "…", en = "…"}}.{outside}')
    return Processor(**{**entry, "country": country})


def _in_each_language(texts: dict[str, Any]) -> bool:
    return all(isinstance(texts.get(language), str) and texts[language].strip() for language in LANGUAGES)
