"""The two fields of the public pages: an error at the field, in the reader's language, and nothing kept of a file."""

import io
import logging
import tempfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import InMemoryUploadedFile, SimpleUploadedFile
from django.test import RequestFactory
from django.utils import translation

from privacy.papers.checking import LARGEST
from privacy.papers.forms import PapersForm
from privacy.papers.refusals import WORDS
from tests.papers import corpus
from tests.papers.corpus import SECRET, picture

pytestmark = pytest.mark.promise("P6.3")


def form(at_least_one: bool = False, **files: bytes) -> PapersForm:
    uploads = {name: SimpleUploadedFile("zoe.jpg", data, "image/jpeg") for name, data in files.items()}
    return PapersForm({}, uploads, at_least_one=at_least_one)


def test_both_sides_come_out_checked() -> None:
    filled = form(recto=picture(), verso=corpus.drawn_pdf())

    assert filled.is_valid()
    assert {side: paper.kind.value for side, paper in filled.sides().items()} == {"recto": "jpeg", "verso": "pdf"}


def test_none_has_to_be_given_unless_the_page_is_for_nothing_else() -> None:
    nothing = form()
    assert nothing.is_valid()
    assert nothing.sides() == {}
    empty = form(at_least_one=True)
    assert not empty.is_valid()
    assert list(empty.errors) == ["recto"]
    assert form(at_least_one=True, verso=picture()).is_valid()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_what_is_refused_is_said_at_its_field_in_the_reader_s_language(language: str) -> None:
    with translation.override(language):
        filled = form(recto=corpus.heic(), verso=picture())

        assert not filled.is_valid()
        assert list(filled.errors) == ["recto"]
        assert filled.errors["recto"] == [str(WORDS["heic"])]
    assert (
        ("JPEG" in filled.errors["recto"][0]) and (("photo" in filled.errors["recto"][0]) == (language == "fr"))
    ) or (language == "en")


def test_each_reason_is_said_in_french_too() -> None:
    with translation.override("en"):
        english = {code: str(words) for code, words in WORDS.items()}
    with translation.override("fr"):
        french = {code: str(words) for code, words in WORDS.items()}

    assert [code for code in WORDS if english[code] == french[code]] == []


def test_the_name_and_the_type_that_a_browser_claims_count_for_nothing() -> None:
    upload = SimpleUploadedFile("paper.jpg", corpus.SVG, "image/jpeg")
    assert PapersForm({}, {"recto": upload}).errors["recto"].as_data()[0].code == "svg"

    upload = SimpleUploadedFile("paper.exe", picture(), "application/x-msdownload")
    assert PapersForm({}, {"recto": upload}).is_valid()


def posted(**files: bytes) -> Any:
    data = {}
    for name, content in files.items():
        data[name] = io.BytesIO(content)
        data[name].name = "Zoe-Exemplaire.jpg"
    return RequestFactory().post("/", data)


def test_an_upload_never_touches_the_disk_and_loses_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "not there"))
    sent = picture() + bytes(LARGEST - 20_000)

    upload = posted(recto=sent).FILES["recto"]

    assert isinstance(upload, InMemoryUploadedFile)
    assert (upload.read(), upload.name) == (sent, "paper")


@pytest.mark.parametrize(("more", "code"), [(0, None), (1, "too-large"), (5_000_000, "too-large")])
def test_of_a_file_that_is_too_large_no_more_than_its_beginning_is_kept(more: int, code: str | None) -> None:
    sent = picture() + bytes(LARGEST - len(picture()) + more)

    files = posted(recto=sent).FILES

    assert files["recto"].size == len(sent)
    assert len(files["recto"].read()) == min(len(sent), LARGEST + 1)
    files["recto"].seek(0)
    errors = PapersForm({}, files).errors
    assert (errors["recto"].as_data()[0].code if errors else None) == code


@pytest.mark.parametrize("sent", [corpus.HTML, picture(comment=SECRET), corpus.active_pdf(), picture()[:700] + SECRET])
def test_nothing_of_a_paper_gets_into_the_logs(sent: bytes, caplog: pytest.LogCaptureFixture, capfd: Any) -> None:
    with caplog.at_level(logging.DEBUG):
        filled = form(recto=sent)
        filled.is_valid()

    written = caplog.text + "".join(capfd.readouterr()) + repr(filled.sides()) + str(filled.errors)
    assert SECRET.decode() not in written
