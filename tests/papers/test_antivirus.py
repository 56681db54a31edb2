"""An antivirus that is set up has the last word, and no file is taken without it."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from customerlabs.environment import antivirus
from privacy.papers import antivirus as room
from privacy.papers.checking import check
from privacy.papers.refusals import PaperRefused
from tests.papers.clamd import FakeClamd, clamd
from tests.papers.corpus import SECRET, picture

pytestmark = pytest.mark.promise("P6.3")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short one: the name of a socket has 107 bytes at most."""
    with tempfile.TemporaryDirectory(prefix="av") as name:
        yield Path(name)


@pytest.mark.parametrize("tcp", [False, True])
def test_what_was_sent_is_shown_to_it_whole_before_it_is_opened(tcp: bool, folder: Path, settings: Any) -> None:
    sent = picture(size=(900, 900)) + bytes(200_000)

    with clamd(b"stream: OK\0", folder, tcp=tcp) as (daemon, url):
        settings.CLAMD_URL = url
        checked = check(sent)

    assert daemon.heard == sent
    assert checked.kind == "jpeg"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (b"stream: Win.Test.EICAR_HDB-1 FOUND\0", "infected"),
        (b"INSTREAM size limit exceeded. ERROR\0", "not-scanned"),
        (b"", "not-scanned"),
        (None, "not-scanned"),
        (b"stream: OK, FOUND nothing\0", "not-scanned"),
    ],
)
def test_whatever_it_does_not_call_clean_is_not_taken(
    answer: bytes | None, code: str, folder: Path, settings: Any
) -> None:
    with clamd(answer, folder) as (_, url):
        settings.CLAMD_URL = url
        with pytest.raises(PaperRefused) as refused:
            check(picture())

    assert refused.value.code == code


@pytest.mark.parametrize("url", ["unix:///nowhere/clamd", "tcp://127.0.0.1:1"])
def test_none_is_taken_while_it_does_not_answer_and_the_log_says_so_and_no_more(
    url: str, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.CLAMD_URL = url

    with pytest.raises(PaperRefused) as refused:
        check(picture(comment=SECRET))

    assert refused.value.code == "not-scanned"
    assert "The antivirus does not answer" in caplog.text
    assert SECRET.decode() not in caplog.text


def test_one_that_hangs_is_not_waited_for(folder: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "SECONDS", 0.2)
    monkeypatch.setattr(FakeClamd, "serve", lambda daemon, listening: None)

    with clamd(None, folder) as (_, url):
        settings.CLAMD_URL = url
        with pytest.raises(PaperRefused) as refused:
            check(picture())

    assert refused.value.code == "not-scanned"


@pytest.mark.parametrize("url", ["", "tcp://clamav:3310", "tcp://clamav", "unix:///run/clamav/clamd.ctl"])
def test_an_address_it_can_have_is_taken(url: str) -> None:
    assert antivirus("CLAMD_URL", url) == url


@pytest.mark.parametrize("url", ["clamav:3310", "http://clamav", "unix://run/clamd", "tcp://", "tcp://a:port"])
def test_an_address_it_can_not_have_stops_the_site(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="CLAMD_URL"):
        antivirus("CLAMD_URL", url)
