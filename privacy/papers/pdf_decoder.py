"""`python -m privacy.papers.pdf_decoder`: a PDF on standard input, its bare pages as a new PDF on standard output.

A new document gets of each page what is drawn and nothing else. So scripts, forms, attachments, actions, links, notes
and metadata are not looked for and removed: they are not taken along. What a drawing itself may hide goes after that.
"""

import io

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream, StreamDecodeLevel

from privacy.papers.confined import Refused, run

MOST_PAGES = 6
MOST_UNPACKED = 128 * 1024 * 1024
"""Bytes of all streams together, unpacked: six pages scanned without loss are fewer."""
MOST_PIXELS = 50_000_000
LARGEST = 8 * 1024 * 1024

OF_A_PAGE = {"/Type", "/Parent", "/MediaBox", "/CropBox", "/Rotate", "/UserUnit", "/Resources", "/Contents", "/Group"}
"""What makes a page's drawing."""
NEVER = (
    "/AA",
    "/AF",
    "/AcroForm",
    "/Alternates",
    "/Annots",
    "/EF",
    "/EmbeddedFiles",
    "/JS",
    "/JavaScript",
    "/Metadata",
    "/OPI",
    "/OpenAction",
    "/PieceInfo",
    "/Ref",
    "/RichMediaContent",
    "/XFA",
)
"""Keys that act, fetch or carry along, wherever they stand."""
ELSEWHERE = ("/F", "/FFilter", "/FDecodeParms")
"""On a stream: its data is in another file."""
ACTIVE_TYPES = {"/Action", "/Annot", "/EmbeddedFile", "/Filespec"}
PICTURES = {"/DCTDecode", "/DCT", "/JPXDecode", "/CCITTFaxDecode", "/CCF", "/JBIG2Decode"}
"""Ways of packing pictures: their size is told by their width and height."""


def bare_pages(data: bytes) -> bytes:
    try:
        source = pikepdf.open(io.BytesIO(data), suppress_warnings=True)
    except pikepdf.PasswordError:
        raise Refused("encrypted") from None
    with source, pikepdf.new() as made:
        if source.is_encrypted:
            raise Refused("encrypted")
        if not 1 <= len(source.pages) <= MOST_PAGES:
            raise Refused("too-many-pages" if len(source.pages) else "unreadable")
        for page in source.pages:
            bare = pikepdf.Page(page)
            for inherited in ("/MediaBox", "/CropBox", "/Rotate", "/Resources"):
                _settle(bare, inherited)
            for key in set(bare.obj.keys()) - OF_A_PAGE:
                del bare.obj[key]
            _empty_what_acts(bare.obj)
            made.pages.append(bare)
        _empty_all(made)
        _weigh(made)
        return _written(made)


def _settle(page: pikepdf.Page, key: str) -> None:
    """What a page has from the tree above it stays when it leaves the tree."""
    above: Object = page.obj
    for _ in range(50):  # A tree that bites its own tail has no end.
        if key in above:
            page.obj[key] = above[key]
            return
        if "/Parent" not in above:
            return
        above = above["/Parent"]


def _empty_all(document: Pdf) -> None:
    for one in document.objects:
        if isinstance(one, Stream | Dictionary | Array):
            _empty_what_acts(one)


def _empty_what_acts(one: Object, depth: int = 0) -> None:
    """Of this object and what stands inside of it. What it refers to is an object of its own, and has its turn."""
    if depth > 50:
        raise Refused("unreadable")
    if isinstance(one, Array):
        for each in one:
            _go_inside(each, depth)
        return
    keys = set(one.keys())
    if str(one.get("/Type", "")) in ACTIVE_TYPES or _is_action(one):
        if isinstance(one, Stream):
            one.write(b"")
        keys_that_go = keys - {"/Length"}
    else:
        keys_that_go = keys & {*NEVER, *(ELSEWHERE if isinstance(one, Stream) else ())}
    for key in keys_that_go & set(one.keys()):
        del one[key]
    for key in set(one.keys()) - keys_that_go:
        _go_inside(one[key], depth)


def _go_inside(value: object, depth: int) -> None:
    if isinstance(value, Stream | Dictionary | Array) and not value.is_indirect:
        _empty_what_acts(value, depth + 1)


def _is_action(one: Object) -> bool:
    acts = {"/JavaScript", "/Launch", "/URI", "/GoToR", "/GoToE", "/SubmitForm", "/ImportData", "/Rendition", "/Movie"}
    return str(one.get("/S", "")) in acts


def _weigh(document: Pdf) -> None:
    """Nothing in it unpacks to more than it should, so that no later reader chokes on it. Raises Refused."""
    weight = 0
    for one in document.objects:
        if not isinstance(one, Stream):
            continue
        if one.get("/Subtype") == Name.Image and _side(one, "/Width") * _side(one, "/Height") > MOST_PIXELS:
            raise Refused("too-many-pixels")
        if not _packed_as_picture(one):
            weight += len(one.read_bytes())
        if weight > MOST_UNPACKED:
            raise Refused("too-heavy")


def _side(picture: Stream, name: str) -> int:
    return int(picture.get(name, 0))


def _packed_as_picture(stream: Stream) -> bool:
    packed = stream.get("/Filter", stream.get("/F"))
    names = [packed] if isinstance(packed, Name) else list(packed or [])
    return any(str(name) in PICTURES for name in names)


def _written(document: Pdf) -> bytes:
    made = io.BytesIO()
    document.save(
        made,
        object_stream_mode=pikepdf.ObjectStreamMode.disable,
        compress_streams=True,
        stream_decode_level=StreamDecodeLevel.none,
        deterministic_id=True,
    )
    if made.tell() > LARGEST:
        raise Refused("too-heavy")
    return made.getvalue()


if __name__ == "__main__":
    run(bare_pages)
