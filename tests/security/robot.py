"""A visitor that fills in whatever form a page shows, and opens whatever link a mail holds."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.papers.corpus import picture

LINK = re.compile(r"https?://\S+")


@dataclass
class Form:
    action: str
    fields: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By name: its type, what stands in it, and the values it offers."""
    files: bool = False


class Forms(HTMLParser):
    """The forms of the main part of a page that are posted."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._in_main = False
        self._form: Form | None = None
        self._select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "main" or given.get("id") == "content":
            self._in_main = True
        elif tag == "form":
            is_posted = given.get("method", "").lower() == "post" and self._in_main
            self._form = Form(given.get("action", ""), files="enctype" in given) if is_posted else None
            self.found += [self._form] if self._form else []
        elif self._form is not None and tag == "option" and self._select:
            self._form.fields[self._select]["offered"].append(given.get("value", ""))
        elif self._form is not None and given.get("name") and tag in {"input", "textarea", "select", "button"}:
            kind = given.get("type", "text") if tag == "input" else tag
            known = self._form.fields.setdefault(given["name"], {"type": kind, "value": "", "offered": []})
            known["value"] = given.get("value", "") if kind != "radio" or "checked" in given else known["value"]
            known["offered"].append(given.get("value", ""))
            self._select = given["name"] if tag == "select" else ""
            if tag == "select":
                known["offered"] = []

    def handle_endtag(self, tag: str) -> None:
        if tag == "main":
            self._in_main = False
        elif tag == "form":
            self._form = None


@dataclass
class Robot:
    """`words` gives what is typed in a field of text, `address` in one of mail, `chosen` what is picked by name."""

    client: Client
    words: Callable[[str], str]
    address: Callable[[str], str]
    chosen: dict[str, str] = field(default_factory=dict)
    file_name: str = "paper.jpg"
    statuses: list[tuple[str, int]] = field(default_factory=list)
    seen: list[tuple[str, str]] = field(default_factory=list)
    """Each page it was shown, with its address."""

    def fill_in(self, page: str) -> None:
        """Each form of this page, sent once."""
        shown = self.client.get(page).content.decode()
        self.seen.append((page, shown))
        for form in Forms(shown).found:
            self.send(page, form)

    def send(self, page: str, form: Form) -> Any:
        target = urljoin(page, form.action) or page
        answer = self.client.post(target, {name: self.value(name, about) for name, about in form.fields.items()})
        self.statuses.append((target, answer.status_code))
        self.seen.append((target, answer.content.decode()))
        return answer

    def value(self, name: str, about: dict[str, Any]) -> Any:
        kind, offered = about["type"], [value for value in about["offered"] if value]
        if name in self.chosen:
            return self.chosen[name]
        if name == "website" or kind in {"hidden", "button", "submit"}:
            return about["value"]
        if kind in {"radio", "select"}:
            return about["value"] or (offered or [""])[0]
        if kind == "checkbox":
            return offered[0] if offered else "on"
        if kind == "file":
            return SimpleUploadedFile(self.file_name, picture(), "image/jpeg")
        if kind == "email":
            return self.address(name)
        if kind == "tel":
            return ""
        return self.words(name)

    def open_links(self, mails: list[Any], only: tuple[str, ...] = ("",)) -> None:
        """What is behind each link of these mails: its page, and whatever can be pressed there."""
        for mail in mails:
            for link in LINK.findall(str(mail.body)):
                parts = urlsplit(link.rstrip(".,)"))
                if parts.hostname in {"127.0.0.1", "localhost"} and any(word in link for word in only):
                    self.fill_in(parts.path)
