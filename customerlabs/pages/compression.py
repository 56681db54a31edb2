"""Pages compressed on their way out, and never so that the length tells a secret that stands in them (BREACH)."""

import zlib
from collections.abc import Sequence
from functools import lru_cache
from struct import pack

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware, re_accepts_gzip
from django.utils.cache import patch_vary_headers

from privacy.pages import KeptPage

HEAD = b"\x1f\x8b\x08" + bytes(6) + b"\xff"
"""Of a gzip file (RFC 1952) that says neither its name nor its time."""
END = b"\x03\x00"
"""An empty last block (RFC 1951)."""


class AnonymousGZipMiddleware(GZipMiddleware):
    """Compresses pages for visitors without a session.

    BREACH reads a secret from the length of compressed pages that hold both the secret and words of the attacker, and
    needs a victim whose cookies open those pages. Whoever has a session, staff that is, gets them uncompressed.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            return response
        if isinstance(response, KeptPage) and re_accepts_gzip.search(request.META.get("HTTP_ACCEPT_ENCODING", "")):
            patch_vary_headers(response, ("Accept-Encoding",))
            response.content = gzipped(response.pieces)
            response.headers["Content-Length"] = str(len(response.content))
            response.headers["Content-Encoding"] = "gzip"
            return response
        return super().process_response(request, response)


def gzipped(pieces: Sequence[bytes]) -> bytes:
    """A kept page: what is the same for many is compressed once, what is one visitor's stands in it as it is.

    So a secret in it changes no length. What is one visitor's is short: raises struct.error at 64 KiB.
    """
    whole = b"".join(pieces)
    blocks = [stored(piece) if number % 2 else deflated(piece) for number, piece in enumerate(pieces)]
    return b"".join((HEAD, *blocks, END, pack("<LL", zlib.crc32(whole), len(whole))))


def stored(piece: bytes) -> bytes:
    """A block that is not compressed: its length, the same turned over, and its bytes."""
    return pack("<BHH", 0, len(piece), len(piece) ^ 0xFFFF) + piece


@lru_cache(maxsize=600)
def deflated(piece: bytes) -> bytes:
    """Blocks that refer to nothing before them, and end with a whole byte."""
    compressor = zlib.compressobj(zlib.Z_BEST_COMPRESSION, zlib.DEFLATED, -zlib.MAX_WBITS)
    return compressor.compress(piece) + compressor.flush(zlib.Z_FULL_FLUSH)
