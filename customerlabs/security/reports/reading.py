"""Reading what a browser, or whoever pretends to be one, says of a page. Believed in nothing, kept short."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve
from django.utils.translation import get_language_from_path, override

from customerlabs.security.reports.models import LONGEST_NAME, LONGEST_SOURCE

LONGEST_BODY = 16 * 1024
MOST_REPORTS = 20
DIRECTIVE = re.compile(r"[a-z][a-z-]{0,60}", re.ASCII)
PLAIN = re.compile(r"[\w.:/@+-]*", re.ASCII)
WORDS = {"inline", "eval", "self", "data", "blob", "wasm-eval", "trusted-types-policy", "trusted-types-sink"}


@dataclass(frozen=True)
class Report:
    directive: str
    page: str
    blocked: str
    source: str


def read_reports(body: bytes) -> Iterator[Report]:
    """Those of the older form (`report-uri`) and of the newer (`report-to`). What is neither is left out."""
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        return
    for one in (sent if isinstance(sent, list) else [sent])[:MOST_REPORTS]:
        if not isinstance(one, dict):
            continue
        if isinstance(one.get("csp-report"), dict):
            said = {name.replace("-", "").lower(): value for name, value in one["csp-report"].items()}
        elif one.get("type") == "csp-violation" and isinstance(one.get("body"), dict):
            said = {name.replace("URL", "uri").lower(): value for name, value in one["body"].items()}
        else:
            continue
        report = _report(said)
        if report is not None:
            yield report


def _report(said: dict[str, Any]) -> Report | None:
    directive = _text(said.get("effectivedirective") or said.get("violateddirective")).split(" ")[0]
    if not DIRECTIVE.fullmatch(directive):
        return None
    return Report(
        directive=directive,
        page=page_name(_text(said.get("documenturi"))),
        blocked=without_query(_text(said.get("blockeduri"))),
        source=without_query(_text(said.get("sourcefile"))),
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) and len(value) <= 4096 else ""


def page_name(address: str) -> str:
    """The name of a page of ours; nothing for another address. The address itself may hold a token."""
    try:
        path = urlsplit(address).path
        with override(get_language_from_path(path)):
            return resolve(path).view_name[:LONGEST_NAME]
    except (ValueError, Resolver404):
        return ""


def without_query(address: str) -> str:
    """Where something came from: the host and, for files, the path, never a query, a name or a password."""
    if address in WORDS:
        return address
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        path = parts.path if parts.path.startswith("/static/") else ""
    except ValueError:
        return ""
    written = f"{parts.scheme}://{host}{path}" if host else parts.scheme
    return written if len(written) <= LONGEST_SOURCE and PLAIN.fullmatch(written) else ""
