"""What changed between two texts of the policy, paragraph by paragraph and word by word."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from html.parser import HTMLParser

BLOCKS = {"h1", "h2", "h3", "p", "li", "tr"}
CELLS = {"td", "th"}
ALIKE = 0.4
"""From this share of common words on, two paragraphs are one that was changed; below, one went and another came."""


@dataclass(frozen=True)
class Words:
    """A run of words: kept, added or removed."""

    text: str
    is_added: bool = False
    is_removed: bool = False


@dataclass(frozen=True)
class Passage:
    """One paragraph that was added, removed or changed; or `same` paragraphs in a row that were not."""

    words: list[Words] = field(default_factory=list)
    same: int = 0


class _Blocks(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in BLOCKS:
            self.end()

    def handle_endtag(self, tag: str) -> None:
        if tag in BLOCKS:
            self.end()
        elif tag in CELLS:
            self._words.append(" · ")

    def handle_data(self, data: str) -> None:
        self._words.append(data)

    def end(self) -> None:
        text = re.sub(r"\s+", " ", "".join(self._words)).strip(" ·")
        self._words = []
        if text:
            self.found.append(text)


def paragraphs(html: str) -> list[str]:
    """The texts of headings, paragraphs, list items and table rows."""
    blocks = _Blocks()
    blocks.feed(html)
    blocks.close()
    blocks.end()
    return blocks.found


def compare(old: str, new: str) -> list[Passage]:
    """From one HTML text to another, in reading order."""
    return list(_passages(paragraphs(old), paragraphs(new)))


def _passages(old: list[str], new: list[str]) -> Iterator[Passage]:
    for kind, old_from, old_to, new_from, new_to in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        before, after = old[old_from:old_to], new[new_from:new_to]
        if kind == "equal":
            yield Passage(same=len(before))
        else:
            yield from _changed(before, after)


def _changed(before: list[str], after: list[str]) -> Iterator[Passage]:
    """Paragraphs in the same place: alike ones are shown as one, with the words that differ."""
    while before and after:
        words = _words(before[0], after[0])
        kept = sum(len(run.text) for run in words if not run.is_added and not run.is_removed)
        if kept < ALIKE * min(len(before[0]), len(after[0])):
            break
        yield Passage(words)
        before, after = before[1:], after[1:]
    for text in before:
        yield Passage([Words(text, is_removed=True)])
    for text in after:
        yield Passage([Words(text, is_added=True)])


def _words(before: str, after: str) -> list[Words]:
    old, new = before.split(" "), after.split(" ")
    runs = []
    for kind, old_from, old_to, new_from, new_to in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            runs.append(Words(" ".join(old[old_from:old_to])))
            continue
        if old_to > old_from:
            runs.append(Words(" ".join(old[old_from:old_to]), is_removed=True))
        if new_to > new_from:
            runs.append(Words(" ".join(new[new_from:new_to]), is_added=True))
    return runs
