"""What the published policy promises, one line each, by the number of its section.

Tests say which of these they prove (`@pytest.mark.promise("P8.2")`), checks on the live data say which they watch
(`privacy/commitments/`), and the commitments page shows both. A promise with neither fails the tests.
"""

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Promise:
    id: str
    title: StrOrPromise

    @property
    def section(self) -> int:
        """The section of the policy that makes it: 8 for P8.2."""
        return int(self.id[1:].partition(".")[0])


SECTIONS: dict[int, StrOrPromise] = {
    1: _("Who answers for your data"),
    2: _("What is collected"),
    3: _("What it is used for"),
    4: _("Who receives it"),
    5: _("Your rights"),
    6: _("How to use them"),
    7: _("How your data is protected"),
    8: _("How long it is kept"),
    9: _("Links to other sites"),
    10: _("Complaints"),
    11: _("Cookies"),
    12: _("Changes"),
}

_ALL = (
    Promise("P1.1", _("You are told who answers for your data, everywhere in the same words.")),
    Promise("P1.2", _("You can write to us from every page, without an account and without JavaScript.")),
    Promise("P2.1", _("The form asks for your name, your address, your message and, if you like, your telephone.")),
    Promise("P2.2", _("Whatever else is held about anybody is declared, and printed in the policy.")),
    Promise("P3.1", _("Your request is used with your consent, and the words you agreed to are kept as proof.")),
    Promise("P3.2", _("You get our news only if you ask for it, and confirm it by mail.")),
    Promise("P3.3", _("Questions and complaints each have a consent of their own.")),
    Promise("P3.4", _("A request about your rights is handled because the law says so, whatever you consent to.")),
    Promise("P4.1", _("Your data goes to us and to those who work for us. Nothing is loaded from third parties.")),
    Promise("P5.0", _("You are told why and for how long, beside each form.")),
    Promise("P5.1", _("You can have a copy of all we hold about you.")),
    Promise("P5.2", _("You can have what is wrong corrected.")),
    Promise("P5.3", _("You can have your data erased, for good.")),
    Promise("P5.4", _("You can ask that your data be kept, and nothing else be done with it for a time.")),
    Promise("P5.5", _("You can object to the use of your data, at any time.")),
    Promise("P5.6", _("You can withdraw a consent as simply as you gave it, and what rested on it is gone.")),
    Promise("P5.7", _("You can take what you gave us elsewhere, in electronic form.")),
    Promise("P5.8", _("You can say what becomes of your data after your death.")),
    Promise("P6.1", _("The data protection officer answers you, however you write.")),
    Promise("P6.2", _("You may say what you ask for and where we got your data; neither is required.")),
    Promise("P6.3", _("A copy of an identity document is read by one person, and erased once it has served.")),
    Promise("P7.1", _("What you write is read by those who need to, and stands in no log and no address.")),
    Promise("P7.2", _("What proves something can be added to, and not rewritten.")),
    Promise("P7.3", _("What was accepted is not lost when a machine stops.")),
    Promise("P7.4", _("What is lost can be restored, and who was erased stays erased.")),
    Promise("P7.5", _("All of this is tested regularly, and the results are kept.")),
    Promise("P8.0", _("Nothing is kept longer than it serves, or than the law asks.")),
    Promise("P8.1", _("A request is kept as long as it takes to handle it.")),
    Promise("P8.2", _("Who gets our news is forgotten once their last contact is too long ago.")),
    Promise("P8.3", _("No cookie lives longer than thirteen months.")),
    Promise("P8.4", _("At the end, data is deleted, or emptied of everything that leads back to you.")),
    Promise("P9.1", _("Links that leave this site are marked.")),
    Promise("P10.1", _("You are told how to complain to the authority.")),
    Promise("P11.1", _("A banner asks about cookies until you have chosen.")),
    Promise("P11.2", _("You choose for each purpose.")),
    Promise("P11.3", _("Accepting or refusing changes nothing to what you can read.")),
    Promise("P11.4", _("Only your choice makes the banner go away.")),
    Promise("P11.5", _("No tracker before you consent; doing nothing is not consenting.")),
    Promise("P11.6", _("The cookies of this site are listed, and no other is set.")),
    Promise("P11.7", _("For each cookie you are told how long it lives.")),
    Promise("P11.8", _("You can turn trackers off at any time.")),
    Promise("P11.9", _("You can change your mind at any time, and the cookies go at once.")),
    Promise("P12.1", _("Every version of the policy is kept, dated and readable.")),
    Promise("P12.2", _("You are told when something important changes.")),
)

PROMISES: dict[str, Promise] = {promise.id: promise for promise in _ALL}


def folder_of_tests() -> Path:
    return Path(settings.BASE_DIR) / "tests"
