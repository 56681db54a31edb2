"""What an examination is, and how they are carried out: all at once, each on its own, within a limit of time."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from django.db import Error as DatabaseError

from customerlabs.health.asking import Question
from customerlabs.health.parts import BrokerAway


class Verdict(Enum):
    OK = "ok"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True)
class Diagnosis:
    """What was found, in words for the operator, and what to do about it; names, numbers and dates, nobody."""

    verdict: Verdict
    said: str
    to_do: str = ""


def ok(said: str) -> Diagnosis:
    return Diagnosis(Verdict.OK, said)


def warning(said: str, to_do: str) -> Diagnosis:
    return Diagnosis(Verdict.WARNING, said, to_do)


def wrong(said: str, to_do: str) -> Diagnosis:
    return Diagnosis(Verdict.WRONG, said, to_do)


@dataclass(frozen=True)
class Examination:
    """One part of the site. `look` may take `seconds`, and may fail: the others go on."""

    name: str
    look: Callable[[], Iterable[Diagnosis]]
    seconds: float = 10.0

    def diagnoses(self) -> list[Diagnosis]:
        return list(self.look())


def examine(parts: Iterable[Examination]) -> Iterator[tuple[str, Diagnosis]]:
    """Each part's name with each of its diagnoses, in order. Takes as long as the slowest, not as all of them."""
    begun = time.monotonic()
    asked = [(part, Question(part.diagnoses).start()) for part in parts]
    for part, future in asked:
        try:
            found = future.result(max(0.0, begun + part.seconds - time.monotonic()))
        except TimeoutError:
            found = [
                wrong(f"no answer within {part.seconds:.0f} seconds", "It is frozen, or its network is. See there.")
            ]
        except DatabaseError as error:
            found = [wrong(f"can’t be told without the database ({type(error).__name__})", "Mend the database first.")]
        except BrokerAway:
            found = [wrong("can’t be told without the broker", "Mend the broker first.")]
        except Exception as error:  # noqa: BLE001  (whatever is broken, the others are still looked at)
            found = [wrong(f"could not be looked at ({type(error).__name__})", "Report this: it is a mistake of ours.")]
        for diagnosis in found:
            yield part.name, diagnosis
