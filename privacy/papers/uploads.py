"""Uploads stay in memory, capped. Django would write larger ones to a temporary file: no place for a passport."""

import io
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from privacy.papers.checking import LARGEST


class InMemoryOnly(FileUploadHandler):
    """Keeps of each file what may be taken and a byte more; the rest is read and dropped, its size counted.

    settings.DATA_UPLOAD_MAX_NUMBER_FILES limits how many there are in one request.
    """

    def new_file(self, *arguments: Any, **more: Any) -> None:
        super().new_file(*arguments, **more)
        self.kept = io.BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        room = LARGEST + 1 - self.kept.tell()
        if room > 0:
            self.kept.write(raw_data[:room])

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        """Its size is the whole file's, of which the beginning may be all there is."""
        self.kept.seek(0)
        return InMemoryUploadedFile(
            self.kept,
            self.field_name,
            "paper",  # The name it came under may be somebody's, and is never needed.
            self.content_type,
            file_size,
            self.charset,
            self.content_type_extra,
        )
