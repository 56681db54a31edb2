"""What the cookie banner weighs, compressed with brotli, beside the lightest others from npm.

Of each other the lightest files that make it work in French are counted, without the words its site would add. Ours is
its part of the page and of the style sheet, its words included, and its script.
"""

import json
import subprocess
import tarfile
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figures import Figure, at_most
from benchmarks.turns import say

ROOT = Path(__file__).resolve().parent.parent
HERE = ROOT / ".bench" / "banners"
OTHERS = {
    "orejime@3.2.1": ("dist/orejime-standard-fr.js", "dist/orejime-standard.css"),
    "vanilla-cookieconsent@3.1.0": ("dist/cookieconsent.umd.js", "dist/cookieconsent.css"),
    "klaro@0.7.22": ("dist/klaro-no-translations-no-css.js", "dist/klaro-no-translations.min.css"),
    "tarteaucitronjs@1.34.0": (
        "tarteaucitron.min.js",
        "tarteaucitron.services.min.js",
        "lang/tarteaucitron.fr.min.js",
        "css/tarteaucitron.min.css",
    ),
}
BROTLI = """
const zlib = require("zlib");
const texts = JSON.parse(require("fs").readFileSync(0, "utf8"));
const best = { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 11 } };
console.log(JSON.stringify(texts.map(text => zlib.brotliCompressSync(Buffer.from(text), best).length)));
"""


def measure(options: Namespace) -> Iterator[Figure]:
    weights = {name: sum(weighed([unpacked(name, file) for file in files])) for name, files in OTHERS.items()}
    mine = ours()
    say(f"ours {mine:,} bytes; " + ", ".join(f"{name} {weight:,}" for name, weight in weights.items()))
    lightest = min(weights, key=lambda name: weights[name])
    yield at_most(f"banner, {mine:,} bytes / {lightest}, {weights[lightest]:,} bytes", 0.25, mine / weights[lightest])
    for name, weight in weights.items():
        if name != lightest:
            yield Figure(what=f"banner, {mine:,} bytes / {name}, {weight:,} bytes", found=f"{mine / weight:.2f}")


def ours() -> int:
    """What a page weighs more while it asks, what the sheet weighs more for it, and the script."""
    from django.test import Client

    from tests.cookies.test_weight import SECTION

    sheet = (ROOT / "static" / "site.css").read_text(encoding="utf-8")
    script = (ROOT / "static" / "cookies.js").read_text(encoding="utf-8")
    asking = Client(SERVER_NAME="127.0.0.1").get("/fr/").content.decode()
    refused = Client(SERVER_NAME="127.0.0.1", headers={"Sec-GPC": "1"}).get("/fr/").content.decode()
    page, without, style, other_style, weight = weighed([asking, refused, sheet, SECTION.sub("", sheet), script])
    return page - without + style - other_style + weight


def weighed(texts: list[str]) -> list[int]:
    """The bytes of each, compressed as well as brotli can."""
    answer = subprocess.run(["node", "-e", BROTLI], input=json.dumps(texts), check=True, capture_output=True, text=True)  # noqa: S603, S607  (ours)
    found: list[int] = json.loads(answer.stdout)
    return found


def unpacked(package: str, file: str) -> str:
    """One file of a package, which npm fetches the first time."""
    archive = HERE / f"{package.replace('@', '-')}.tgz"
    if not archive.exists():
        HERE.mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "pack", "--silent", package], cwd=HERE, check=True, stdout=subprocess.DEVNULL)  # noqa: S603, S607  (ours)
    with tarfile.open(archive) as packed:
        found = packed.extractfile(f"package/{file}")
        if found is None:
            raise SystemExit(f"{package} has no {file}.")
        return found.read().decode()
