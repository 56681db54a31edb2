"""Only pictures and pages come through, made anew; each other file is refused with a reason."""

import io
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from PIL import Image

from privacy.papers import decoding
from privacy.papers.checking import check
from privacy.papers.confined import REFUSED as EXIT_REFUSED
from privacy.papers.decoding import Decoder, decoded
from privacy.papers.refusals import WORDS, PaperRefused
from tests.papers import corpus
from tests.papers.corpus import SECRET, active_pdf, drawn_pdf, picture, with_exif

pytestmark = pytest.mark.promise("P6.3")


@pytest.mark.parametrize(("data", "code"), corpus.REFUSED.values(), ids=corpus.REFUSED)
def test_a_hostile_file_is_refused_with_its_reason(data: bytes, code: str) -> None:
    began = time.monotonic()

    with pytest.raises(PaperRefused) as refused:
        check(data)

    assert refused.value.code == code
    assert time.monotonic() - began < decoding.SECONDS
    assert SECRET.decode() not in str(refused.value)


def test_the_corpus_knows_each_reason_that_a_file_can_be_refused_for() -> None:
    seen = {code for _, code in corpus.REFUSED.values()}

    assert set(WORDS) - seen == {"infected", "not-scanned", "busy"}  # These have tests of their own.


@pytest.mark.parametrize(
    "data",
    [
        picture(),
        picture("PNG", mode="RGBA"),
        picture("PNG", mode="L"),
        picture("PNG", mode="P"),
        picture("PNG", mode="I;16"),
        picture("JPEG", mode="CMYK"),
        picture("JPEG", size=(7_000, 7_000)),
        picture("JPEG", progressive=True),
        picture() + b"SEFT" + bytes(100_000),  # Telephones write things of their own after the end.
    ],
    ids=["jpeg", "png", "grey", "palette", "16 bits", "cmyk", "large", "progressive", "something after it"],
)
def test_a_picture_is_drawn_anew(data: bytes) -> None:
    checked = check(data)

    assert checked.kind == "jpeg"
    with Image.open(io.BytesIO(checked.data)) as made:
        made.load()
        assert (made.format, made.mode) == ("JPEG", "RGB")
        assert max(made.size) <= 3000


def test_nothing_but_its_points_is_left_of_a_photograph_and_it_stands_upright() -> None:
    sent = with_exif()
    assert SECRET in sent

    made = check(sent + SECRET).data

    assert SECRET not in made
    assert made.endswith(b"\xff\xd9")
    with Image.open(io.BytesIO(made)) as upright:
        assert upright.size == (400, 640)
        assert not upright.getexif()
        assert set(upright.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_what_is_transparent_becomes_white_paper() -> None:
    made = io.BytesIO()
    Image.new("RGBA", (200, 200), (0, 0, 0, 0)).save(made, "PNG")

    with Image.open(io.BytesIO(check(made.getvalue()).data)) as paper:
        assert paper.getpixel((100, 100)) == (255, 255, 255)


@pytest.mark.parametrize("saving", [{}, corpus.COMPACT], ids=["plain", "packed"])
def test_nothing_that_acts_or_is_attached_comes_through_in_a_pdf(saving: dict[str, object]) -> None:
    made = check(active_pdf(**saving)).data

    with pikepdf.open(io.BytesIO(made)) as bare:
        unpacked = corpus.written(bare, qdf=True, stream_decode_level=pikepdf.StreamDecodeLevel.all)
        assert set(bare.Root.keys()) == {"/Type", "/Pages"}
        assert set(bare.pages[0].obj.keys()) <= {"/Type", "/Parent", "/MediaBox", "/Resources", "/Contents"}
        assert b"/A Do" in made_of(bare.pages[0])
        assert "/Info" not in bare.trailer
    assert SECRET not in unpacked
    assert b"tracker.example" not in unpacked
    words = rb"/(JS|JavaScript|OpenAction|AA|Launch|URI|EmbeddedFiles?|EF|Filespec|AcroForm|XFA|Annots?|Metadata|Ref)\b"
    assert re.findall(words, unpacked) == []


def made_of(page: pikepdf.Page) -> bytes:
    drawing: Any = page.obj["/Contents"]
    return bytes(drawing.read_bytes())


def test_what_is_drawn_on_the_pages_of_a_pdf_stays() -> None:
    with pikepdf.open(io.BytesIO(check(drawn_pdf()).data)) as made:
        photograph = made.pages[0].Resources.XObject.A
        assert len(made.pages) == 2
        assert photograph.read_raw_bytes() == picture(size=(200, 300))
        assert b"(Passport) Tj" in made.pages[1].Contents.read_bytes()
        assert made.pages[1].Resources.Font.F.BaseFont == "/Helvetica"


def test_a_page_keeps_what_it_inherits() -> None:
    with pikepdf.open(io.BytesIO(drawn_pdf())) as document:
        document.Root.Pages.Rotate = 90
        document.Root.Pages.MediaBox = document.pages[0].MediaBox
        for page in document.pages:
            del page.MediaBox
        sent = corpus.written(document)

    with pikepdf.open(io.BytesIO(check(sent).data)) as made:
        assert [page.Rotate for page in made.pages] == [90, 90]
        assert [list(page.MediaBox)[2:] for page in made.pages] == [[612, 792]] * 2


def test_a_pdf_whose_objects_are_packed_is_read() -> None:
    assert check(corpus.objects_that_swell(megabytes=1)).kind == "pdf"


# The process in which a file is opened

LOOKS_AROUND = """
import os, resource, sys
from privacy.papers.confined import run
def look(data):
    names = ("CPU", "AS", "FSIZE", "CORE")
    limits = [resource.getrlimit(getattr(resource, "RLIMIT_" + name))[0] for name in names]
    return repr((limits, os.getuid(), sorted(set(os.environ) - {"LC_CTYPE"}), "django" in sys.modules)).encode()
run(look)
"""


def ran(code: str, data: bytes = b"x") -> subprocess.CompletedProcess[bytes]:
    root = Path(decoding.__file__).resolve().parents[2]
    return subprocess.run(
        [sys.executable, "-E", "-s", "-c", code], input=data, capture_output=True, cwd=root, env={}, timeout=30
    )


@pytest.mark.skipif(sys.platform != "linux", reason="macOS takes no limit on the address space.")
def test_the_process_that_opens_a_file_has_little_and_knows_little() -> None:
    limits, user, environment, knows_django = eval(ran(LOOKS_AROUND).stdout)  # noqa: S307

    assert limits == [10, 768 * 1024 * 1024, 0, 0]
    assert user != 0
    assert environment == []
    assert not knows_django


@pytest.mark.parametrize(
    ("does", "status"),
    [
        ("import pathlib; pathlib.Path('/dev/shm/from-a-decoder').write_bytes(b'x')", EXIT_REFUSED),
        ("import os; os.fork()", EXIT_REFUSED),
        ("bytearray(2 * 1024 ** 3)", EXIT_REFUSED),
    ],
    ids=["a file", "a child", "memory"],
)
@pytest.mark.skipif(sys.platform != "linux", reason="Limits differ.")
def test_it_can_not_write_a_file_start_a_child_or_take_all_the_memory(does: str, status: int) -> None:
    code = f"from privacy.papers.confined import run\ndef decode(data):\n    {does}\n    return b'did it'\nrun(decode)"

    ended = ran(code)

    assert ended.stdout != b"did it"
    assert ended.returncode == status or ended.returncode == -signal.SIGXFSZ


@pytest.mark.parametrize("decoder", [Decoder.IMAGE, Decoder.PDF, Decoder.WATERMARK])
def test_no_decoder_imports_django(decoder: Decoder) -> None:
    code = f"import sys, {decoder.value}; print('django' in sys.modules)"

    assert ran(code).stdout == b"False\n"


@pytest.mark.parametrize("leaves_early", [False, True])
def test_a_decoder_that_takes_too_long_is_ended_with_all_it_started(
    leaves_early: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its child holds the pipe we read from: we hear the end of it only once both are gone."""
    monkeypatch.setattr(decoding, "SECONDS", 0.3)
    original = subprocess.Popen

    def endless(command: list[str], **more: Any) -> "subprocess.Popen[bytes]":
        return original(["/bin/sh", "-c", "sleep 60 & exit" if leaves_early else "sleep 60 & sleep 60"], **more)

    monkeypatch.setattr(subprocess, "Popen", endless)
    began = time.monotonic()

    with pytest.raises(PaperRefused):
        decoded(Decoder.IMAGE, picture())

    assert time.monotonic() - began < 20


def test_only_so_many_files_are_opened_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "_turns", threading.BoundedSemaphore(1))
    monkeypatch.setattr(decoding, "WAIT", 0.01)

    with decoding._turns, pytest.raises(PaperRefused) as refused:
        check(picture())

    assert refused.value.code == "busy"
    assert check(picture()).kind == "jpeg"
