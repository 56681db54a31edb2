"""What carrying out a request holds: it goes with the file of its request, or proves for as long as its record."""

from django.conf import settings
from django.utils.functional import lazystr
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from privacy.declarations import Exempt, NoPersonalData, PersonalData, Retention, Then, when_it_comes
from privacy.erasers import Blank, ToMonth
from privacy.registry import register
from privacy.rights.fulfilment.models import (
    Correction,
    ErasedCount,
    ErasureReceipt,
    FreeTextReview,
    RecipientNotice,
    Redaction,
    Result,
    ResultChunk,
)
from privacy.rights.personal_data import RIGHTS
from privacy.templatetags.privacy import in_words

WITH_THE_FILE = Exempt(_("Goes with the file of its request."))
WITH_THE_RECORD = Exempt(_("Goes with the record of its request."))


class _Life:
    """How long a file waits, in the reader's language."""

    def __str__(self) -> str:
        return in_words(settings.RESULT_LIFE)


register(
    PersonalData(
        model=Result,
        activity=RIGHTS,
        part_of="file",
        fields={
            "made_at": ToMonth(),
            "expires_at": ToMonth(),
            "fetched_at": ToMonth(),
            "sha256": Blank(),
            "size": Blank(),
        },
        not_personal={"file", "recipient", "kind", "name", "content_type", "fetched"},
        left_out_of_backups=True,
        retention=Retention(
            clock="expires_at",
            keep=when_it_comes,
            then=Then.DELETE,
            said=format_lazy(_("A file made for you: {life}; it can be made again."), life=lazystr(_Life())),
        ),
    ),
    PersonalData(
        model=ResultChunk,
        activity=RIGHTS,
        part_of="result",
        fields={"sealed": Blank()},
        not_personal={"result"},
        left_out_of_backups=True,
        retention=Exempt(_("Goes with its result.")),
    ),
    PersonalData(
        model=FreeTextReview,
        activity=RIGHTS,
        part_of="file",
        fields={"at": ToMonth(), "by": Blank()},
        not_personal={"file"},
        retention=WITH_THE_FILE,
    ),
    PersonalData(
        model=Redaction,
        activity=RIGHTS,
        part_of="file",
        fields={"record_id": Blank(), "text": Blank(), "reason": Blank(), "at": ToMonth(), "by": Blank()},
        not_personal={"file", "table", "column"},
        retention=WITH_THE_FILE,
    ),
    PersonalData(
        model=Correction,
        activity=RIGHTS,
        part_of="file",
        fields={"value": Blank(), "at": ToMonth(), "by": Blank()},
        not_personal={"file", "table", "column"},
        retention=WITH_THE_FILE,
    ),
    PersonalData(
        model=RecipientNotice,
        activity=RIGHTS,
        part_of="request",
        fields={"made_at": ToMonth(), "told_at": ToMonth(), "by": Blank()},
        not_personal={"request", "recipient", "state", "because"},
        retention=WITH_THE_RECORD,
    ),
    PersonalData(
        model=ErasureReceipt,
        activity=RIGHTS,
        part_of="request",
        fields={"made_at": ToMonth(), "delivered_at": ToMonth()},
        not_personal={"request", "document"},
        retention=WITH_THE_RECORD,
    ),
    NoPersonalData(
        model=ErasedCount,
        columns={"request", "table", "rows"},
        because="Figures by table while an erasure is under way; the receipt takes them over.",
    ),
)
