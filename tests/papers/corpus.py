"""Files that people send, and files that people should not send; all of them made here."""

import io
import zipfile
import zlib
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, ObjectStreamMode, Stream, StreamDecodeLevel, String
from PIL import Image

SECRET = b"Zoe Exemplaire 1990-01-01"
"""Stands in each hostile file, where nothing of it may come through."""


def picture(form: str = "JPEG", size: tuple[int, int] = (640, 400), mode: str = "RGB", **more: Any) -> bytes:
    made = io.BytesIO()
    Image.new(mode, size, 90 if mode in {"L", "I;16", "P", "1"} else "steelblue").save(made, form, **more)
    return made.getvalue()


def with_exif() -> bytes:
    """As a telephone writes it: who, where, and on its side."""
    exif = Image.Exif()
    exif[0x0112] = 6  # Turned by a quarter.
    exif[0x013B] = SECRET.decode()
    exif.get_ifd(0x8825)[1] = "N"
    return picture(size=(640, 400), exif=exif, comment=SECRET)


def archive() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        packed.writestr("run.bat", SECRET)
    return made.getvalue()


def pdf(pages: int = 1, **saving: Any) -> bytes:
    with pikepdf.new() as made:
        for _ in range(pages):
            made.add_blank_page()
        return written(made, **saving)


def written(document: pikepdf.Pdf, **saving: Any) -> bytes:
    made = io.BytesIO()
    plain = {} if "encryption" in saving else {"compress_streams": False, "stream_decode_level": StreamDecodeLevel.none}
    document.save(made, **{**plain, **saving})
    return made.getvalue()


def drawn_pdf() -> bytes:
    """Two pages: a photograph, and words."""
    with pikepdf.new() as made:
        photograph = Stream(made, picture(size=(200, 300)))
        photograph.Type, photograph.Subtype, photograph.Filter = Name.XObject, Name.Image, Name.DCTDecode
        photograph.Width, photograph.Height, photograph.BitsPerComponent = 200, 300, 8
        photograph.ColorSpace = Name.DeviceRGB
        first, second = made.add_blank_page(), made.add_blank_page()
        first.Resources = Dictionary(XObject=Dictionary(A=photograph))
        first.Contents = Stream(made, b"q 200 0 0 300 0 0 cm /A Do Q")
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        second.Resources = Dictionary(Font=Dictionary(F=made.make_indirect(font)))
        second.Contents = Stream(made, b"BT /F 12 Tf (Passport) Tj ET")
        return written(made)


def active_pdf(**saving: Any) -> bytes:
    """Everything that a PDF may do beside showing pages, in each place known for it."""
    with pikepdf.new() as made:
        page = made.add_blank_page()
        script = Dictionary(Type=Name.Action, S=Name.JavaScript, JS=String(SECRET))
        launch = Dictionary(S=Name.Launch, F=String(SECRET))
        visit = Dictionary(S=Name.URI, URI=String(b"https://tracker.example/" + SECRET))
        made.Root.OpenAction = made.make_indirect(script)
        made.Root.AA = Dictionary(WC=script)
        made.Root.AcroForm = Dictionary(XFA=Stream(made, b"<xdp>" + SECRET + b"</xdp>"), Fields=Array([]))
        made.Root.Names = Dictionary(
            JavaScript=Dictionary(Names=Array([String("x"), script])),
            EmbeddedFiles=Dictionary(Names=Array([String("x"), attached(made)])),
        )
        made.docinfo["/Author"] = String(SECRET)
        made.Root.Metadata = Stream(made, SECRET, Type=Name.Metadata, Subtype=Name.XML)
        page.AA = Dictionary(O=launch)
        note = Dictionary(Type=Name.Annot, Subtype=Name.Link, A=visit, Contents=String(SECRET))
        file = Dictionary(Type=Name.Annot, Subtype=Name.FileAttachment, FS=attached(made))
        page.Annots = Array([made.make_indirect(note), made.make_indirect(file)])
        page.PieceInfo = Dictionary(Editor=String(SECRET))
        hidden = Stream(made, b"0 0 m", Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 1, 1]))
        hidden.Metadata = Stream(made, SECRET)
        hidden.Ref = Dictionary(F=attached(made), Page=0)
        hidden.Nested = Array([Dictionary(Deeper=Array([script]))])
        elsewhere = Stream(made, b"", Type=Name.XObject, Subtype=Name.Image, Width=1, Height=1)
        elsewhere.F = attached(made)
        page.Resources = Dictionary(XObject=Dictionary(A=hidden, Elsewhere=elsewhere), Properties=Dictionary(P=visit))
        page.Contents = Stream(made, b"/A Do")
        return written(made, **saving)


def attached(document: pikepdf.Pdf) -> pikepdf.Object:
    data = Stream(document, SECRET, Type=Name.EmbeddedFile)
    return document.make_indirect(Dictionary(Type=Name.Filespec, F=String("x"), EF=Dictionary(F=data)))


def locked(user: str) -> bytes:
    """With a password to open it, or, without one, with one that only forbids."""
    return pdf(encryption=pikepdf.Encryption(owner="owner", user=user))


MEGABYTE = 1024 * 1024


def deflated(times: int = 1, beginning: bytes = b"", megabytes: int = 400) -> bytes:
    """Hundreds of millions of blanks, packed; twice, they fit into a kilobyte."""
    packing = zlib.compressobj(9)
    packed = packing.compress(beginning) + b"".join(packing.compress(b" " * MEGABYTE) for _ in range(megabytes))
    packed += packing.flush()
    return packed if times == 1 else zlib.compress(packed, 9)


def page_that_swells(times: int) -> bytes:
    with pikepdf.new() as made:
        page = made.add_blank_page()
        page.Contents = Stream(made, b"")
        filters = Array([Name.FlateDecode] * times)
        page.Contents.write(deflated(times), filter=filters)
        return written(made)


def objects_that_swell(megabytes: int = 800) -> bytes:
    """An object stream: the reader has to unpack it to find the pages at all."""
    objects = [b"<</Type/Catalog/Pages 3 0 R>>", b"<</Type/Pages/Count 1/Kids[4 0 R]>>"]
    objects.append(b"<</Type/Page/Parent 3 0 R/MediaBox[0 0 9 9]>>")
    places = [sum(map(len, objects[:number])) + number for number in range(3)]
    index = b" ".join(b"%d %d" % (number + 2, place) for number, place in enumerate(places)) + b" "
    packed = deflated(2, index + b" ".join(objects), megabytes)
    body = b"%PDF-1.5\n"
    first = len(body)
    body += b"1 0 obj\n<</Type/ObjStm/N 3/First %d/Filter[/FlateDecode/FlateDecode]" % len(index)
    body += b"/Length %d>>stream\n" % len(packed) + packed + b"\nendstream\nendobj\n"
    second = len(body)
    rows = [(0, 0, 65535), (1, first, 0), (2, 1, 0), (2, 1, 1), (2, 1, 2), (1, second, 0)]
    table = b"".join(kind.to_bytes(1) + place.to_bytes(4) + more.to_bytes(2) for kind, place, more in rows)
    body += b"5 0 obj\n<</Type/XRef/Size 6/W[1 4 2]/Root 2 0 R/Length %d>>stream\n" % len(table)
    return body + table + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % second


def picture_in_pdf(side: int) -> bytes:
    with pikepdf.new() as made:
        page = made.add_blank_page()
        huge = Stream(made, picture(), Type=Name.XObject, Subtype=Name.Image, Width=side, Height=side)
        huge.Filter = Name.DCTDecode
        page.Resources = Dictionary(XObject=Dictionary(A=huge))
        return written(made)


def pages_without_end() -> bytes:
    """A tree of pages that bites its own tail."""
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 1/Kids[2 0 R]>>endobj\n"
        b"trailer<</Root 1 0 R/Size 3>>\nstartxref\n0\n%%EOF\n"
    )


def png_that_lies() -> bytes:
    """It says that it is 30,000 points wide and high, and holds a few bytes."""
    header = (30_000).to_bytes(4) * 2 + b"\x08\x02\x00\x00\x00"

    def chunk(name: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4) + name + data + zlib.crc32(name + data).to_bytes(4)

    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


def heic() -> bytes:
    return (24).to_bytes(4) + b"ftypheic" + bytes(4) + b"mif1heic" + bytes(200)


HTML = b"<html><script>alert('" + SECRET + b"')</script></html>"
SVG = b'<?xml version="1.0"?>\n<!-- x --><svg xmlns="http://www.w3.org/2000/svg"><script>' + SECRET + b"</script></svg>"

REFUSED: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "empty"),
    "words": (SECRET * 20, "unknown-type"),
    "a program": (b"MZ" + SECRET, "unknown-type"),
    "an archive": (archive(), "unknown-type"),
    "a page": (HTML, "unknown-type"),
    "a pdf after something else": (b"GARBAGE" + pdf(), "unknown-type"),
    "a heic photograph": (heic(), "heic"),
    "a gif": (picture("GIF"), "gif"),
    "a drawing": (SVG, "svg"),
    "a bare drawing": (b"  <svg/>", "svg"),
    "a webp picture": (picture("WEBP"), "unknown-type"),
    "a tiff picture": (picture("TIFF"), "unknown-type"),
    "a jpeg with an archive": (picture() + archive(), "two-in-one"),
    "a png with an archive": (picture("PNG") + archive(), "two-in-one"),
    "a pdf with an archive": (pdf() + archive(), "two-in-one"),
    "a jpeg with a page after it": (picture() + HTML, "two-in-one"),
    "a jpeg with a page in its comment": (picture(comment=HTML), "two-in-one"),
    "a jpeg with a pdf after it": (picture() + pdf(), "two-in-one"),
    "a jpeg with a pdf in its comment": (picture(comment=pdf()), "two-in-one"),
    "a pdf with a page after it": (pdf() + HTML, "two-in-one"),
    "a pdf without an end": (pdf()[:-10], "two-in-one"),
    "half a jpeg": (picture()[:700], "unreadable"),
    "half a png": (picture("PNG")[:80], "unreadable"),
    "a beginning only": (b"\xff\xd8\xff", "unreadable"),
    "a pdf without pages": (pdf(0), "unreadable"),
    "a pdf of nothing": (b"%PDF-1.7\n%%EOF", "unreadable"),
    "pages without end": (pages_without_end(), "unreadable"),
    "a picture of eighty million points": (picture("PNG", (9_000, 9_000), "1"), "too-many-pixels"),
    "a picture that lies about its size": (png_that_lies(), "too-many-pixels"),
    "a very long picture": (picture("PNG", (15_001, 100), "L"), "too-many-pixels"),
    "a stamp": (picture(size=(99, 500)), "too-small"),
    "seven pages": (pdf(7), "too-many-pages"),
    "a locked pdf": (locked("user"), "encrypted"),
    "a pdf that forbids": (locked(""), "encrypted"),
    "a page that swells": (page_that_swells(1), "too-heavy"),
    "a page that swells twice": (page_that_swells(2), "too-heavy"),
    "objects that swell": (objects_that_swell(), "unreadable"),
    "a pdf with too large a picture": (picture_in_pdf(10_000), "too-many-pixels"),
    "more than eight megabytes": (picture() + bytes(8 * 1024 * 1024), "too-large"),
}

COMPACT = {"object_stream_mode": ObjectStreamMode.generate, "compress_streams": True}
