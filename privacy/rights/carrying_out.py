"""What each right brings with it: how it is looked at beforehand, and how it is carried out. Each adds its own."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from privacy.rights.kinds import Right
from privacy.rights.models import RightsRequest


@dataclass(frozen=True, kw_only=True)
class PlanLine:
    """One table of a dry run: how many rows are found, would be done, are kept, and why the latter."""

    label: str
    name: StrOrPromise
    found: int
    done: int
    kept: int = 0
    because: tuple[StrOrPromise, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What carrying out a request would do now, table by table; `words` say what figures can't."""

    lines: tuple[PlanLine, ...] = ()
    words: tuple[StrOrPromise, ...] = ()


def nothing_to_say(request: RightsRequest) -> str:
    return ""


def needs_address(request: RightsRequest) -> StrOrPromise:
    """For `Carrier.unready`: a letter by post may give no e-mail address, which is what anything is found by."""
    if request.content is not None and request.content.email:
        return ""
    return _("No e-mail address is known, and data is found by it: ask for the one they used with us.")


def decides_nothing(request: RightsRequest) -> bool:
    return False


@dataclass(frozen=True, kw_only=True)
class Carrier:
    """How one right is carried out.

    - `plan(request)`: the dry run the officer sees before deciding; it changes nothing.
    - `carry_out(request_pk)`: by a worker, outside a transaction, on a request that was granted. Idempotent: it may be
      killed at any line and begun again, and ends by `states.done` in the transaction that makes the result durable.
    - `at_once(request)`: in the transaction in which the address is proved (for an objection to marketing: on
      submission), what needs neither papers nor decision. True when nothing is left to decide.
    - `unready(request)`: what must be prepared before it is granted, in words for the officer; empty when nothing.
    - `prepare`: the name of the admin page where they do that; its address takes the request's number.
    - `asks_who`: whether data leaves or goes for good, so that the officer shows once more who they are.
    """

    right: Right
    plan: Callable[[RightsRequest], Plan]
    carry_out: Callable[[int], None]
    at_once: Callable[[RightsRequest], bool] = decides_nothing
    unready: Callable[[RightsRequest], StrOrPromise] = nothing_to_say
    prepare: str = ""
    asks_who: bool = True


@dataclass
class Carriers:
    by_right: dict[str, Carrier] = field(default_factory=dict)

    def register(self, *carriers: Carrier) -> None:
        """Raises ValueError for a right that has one already."""
        for carrier in carriers:
            if carrier.right in self.by_right:
                raise ValueError(f"The right {carrier.right} is carried out in two places.")
            self.by_right[carrier.right] = carrier

    def of(self, request: RightsRequest) -> Carrier | None:
        """None for a question, which is answered and no more."""
        return self.by_right.get(request.right)


carriers = Carriers()
register_carrier = carriers.register
