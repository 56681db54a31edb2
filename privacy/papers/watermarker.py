"""`python -m privacy.papers.watermarker`: a line of words and a JPEG on input; the picture with the words over it.

Who photographs the screen, or passes the picture on, passes on whose view it was. Drawn in the confined process
as well: what was uploaded came from a stranger, even after it was drawn anew.
"""

import io

from PIL import Image, ImageDraw, ImageFont, JpegImagePlugin

from privacy.papers.confined import run

PLUGINS = (JpegImagePlugin,)
SLANT = 30
SHOWN_SIDE = 1600


def marked(data: bytes) -> bytes:
    words, _, picture = data.partition(b"\n")
    with Image.open(io.BytesIO(picture), formats=["JPEG"]) as found:
        found.thumbnail((SHOWN_SIDE, SHOWN_SIDE))
        shown = found.convert("RGBA")
    shown = Image.alpha_composite(shown, _layer(shown.size, words.decode()))
    made = io.BytesIO()
    shown.convert("RGB").save(made, "JPEG", quality=85)
    return made.getvalue()


def _layer(size: tuple[int, int], words: str) -> Image.Image:
    """The words in slanted rows over the whole picture, dark with a light edge: seen on any ground."""
    side = int((size[0] ** 2 + size[1] ** 2) ** 0.5) + 1
    letters = max(14, min(size) // 26)
    font = ImageFont.load_default(letters)
    layer = Image.new("RGBA", (side, side))
    draw = ImageDraw.Draw(layer)
    width = int(draw.textlength(words, font)) + 3 * letters
    for row, down in enumerate(range(0, side, letters * 5)):
        for along in range(-(row % 2) * width // 2, side, width):
            draw.text(
                (along, down), words, font=font, fill=(150, 0, 0, 150), stroke_width=1, stroke_fill=(255, 255, 255, 110)
            )
    turned = layer.rotate(SLANT, resample=Image.Resampling.BILINEAR)
    left, top = (side - size[0]) // 2, (side - size[1]) // 2
    return turned.crop((left, top, left + size[0], top + size[1]))


if __name__ == "__main__":
    run(marked)
