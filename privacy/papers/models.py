from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from privacy.numbered import Numbered
from privacy.papers.checking import CheckedPaper
from privacy.papers.recognising import Kind
from privacy.rights.models import CaseFile
from privacy.sealing import CHUNK, seal, unseal


class Paper(Numbered):
    """One side of a copy of an identity document, until identity is decided (P6.3). What it shows is in its chunks."""

    class Side(models.TextChoices):
        RECTO = "recto", pgettext_lazy("side of a document", "front")
        VERSO = "verso", pgettext_lazy("side of a document", "back")
        MANDATE = "mandate", _("mandate or proof of capacity")

    KINDS = [(Kind.JPEG.value, "JPEG"), (Kind.PDF.value, "PDF")]

    file = models.ForeignKey(CaseFile, on_delete=models.CASCADE, related_name="papers", verbose_name=_("case file"))
    side = models.CharField(_("side"), max_length=10, choices=Side)
    kind = models.CharField(_("kind of file"), max_length=4, choices=KINDS)
    received_at = models.DateTimeField(_("received on"), db_index=True)

    class Meta:
        verbose_name = _("identity paper")
        verbose_name_plural = _("identity papers")
        constraints = [models.UniqueConstraint(fields=["file", "side"], name="paper_once_a_side")]

    @property
    def deleted_at(self) -> datetime:
        """When the purge takes it if nobody has decided."""
        return settings.PAPERS_RETENTION.after(self.received_at)

    def fill(self, paper: CheckedPaper) -> None:
        """Seal the copy, a chunk at a time."""
        PaperChunk.objects.bulk_create(
            PaperChunk(paper=self, sealed=seal(paper.data[start : start + CHUNK]))
            for start in range(0, len(paper.data), CHUNK)
        )

    def opened(self) -> bytes:
        """The copy itself. Raises CannotUnseal when its key has left the ring."""
        return b"".join(self._pieces())

    def _pieces(self) -> Iterator[bytes]:
        for chunk in self.chunks.order_by("pk").iterator(chunk_size=1):
            yield unseal(bytes(chunk.sealed))


class PaperChunk(Numbered):
    """A piece of a paper, sealed under settings.FILE_KEYS (privacy/sealing.py)."""

    paper = models.ForeignKey(Paper, on_delete=models.CASCADE, related_name="chunks", verbose_name=_("identity paper"))
    sealed = models.BinaryField(_("sealed bytes"))

    class Meta:
        verbose_name = _("piece of an identity paper")
        verbose_name_plural = _("pieces of identity papers")
