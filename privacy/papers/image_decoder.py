"""`python -m privacy.papers.image_decoder`: a picture on standard input, the same picture drawn anew as JPEG on output.

Only the colours of its points come out: no EXIF, no comments, no bytes after the end, nothing of the file itself.
"""

import io

from PIL import Image, ImageOps, JpegImagePlugin, MpoImagePlugin, PngImagePlugin

from privacy.papers.confined import Refused, run

MOST_PIXELS = 50_000_000
LONGEST_SIDE = 15_000
SHORTEST_SIDE = 100
"""No document can be read on less."""
KEPT_SIDE = 3000
"""Points along the longer side that are kept: an A4 page at 250 dots an inch."""
QUALITY = 85
PLUGINS = (JpegImagePlugin, MpoImagePlugin, PngImagePlugin)
"""Imported before the limits are on; telephones write several pictures into one JPEG (MPO), and the first counts."""


def drawn_anew(data: bytes) -> bytes:
    Image.MAX_IMAGE_PIXELS = None  # Pillow only warns at its limit: ours, below, refuses.
    with Image.open(io.BytesIO(data), formats=["JPEG", "PNG"]) as picture:
        width, height = picture.size
        if width * height > MOST_PIXELS or max(width, height) > LONGEST_SIDE:
            raise Refused("too-many-pixels")
        if min(width, height) < SHORTEST_SIDE:
            raise Refused("too-small")
        picture.thumbnail((KEPT_SIDE, KEPT_SIDE))
        upright = ImageOps.exif_transpose(picture)
        points = _on_white(upright)
    drawn = Image.new("RGB", points.size)
    drawn.paste(points)
    made = io.BytesIO()
    drawn.save(made, "JPEG", quality=QUALITY)
    return made.getvalue()


def _on_white(picture: Image.Image) -> Image.Image:
    """Without transparency: what is behind a document is paper."""
    if "A" not in picture.getbands() and "transparency" not in picture.info:
        return picture.convert("RGB")
    with_alpha = picture.convert("RGBA")
    paper = Image.new("RGBA", with_alpha.size, "white")
    return Image.alpha_composite(paper, with_alpha).convert("RGB")


if __name__ == "__main__":
    run(drawn_anew)
