"""A receipt can be verified by anybody, shows what was altered, and outlives its key's replacement."""

import copy
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import translation

from privacy.links import signed
from privacy.models import CaseFile, ErasureReceipt
from privacy.rights.fulfilment import erasing, signing
from privacy.rights.fulfilment.links import RECEIPT
from privacy.rights.kinds import Right
from tests.fulfilment.granting import carry_out, granted

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P5.3")]


@pytest.fixture
def receipt() -> ErasureReceipt:
    request = carry_out(granted(Right.ERASURE, "zoe@example.com"))
    return ErasureReceipt.objects.get(request=request)


def verified(document: Any, folder: Path) -> str:
    path, told = folder / "receipt.json", StringIO()
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    call_command("verify_receipt", str(path), stdout=told)
    return told.getvalue()


def test_a_genuine_receipt_is_verified_however_its_json_is_laid_out(receipt: ErasureReceipt, tmp_path: Path) -> None:
    assert receipt.request.reference in verified(receipt.document, tmp_path)
    assert "Genuine" in verified(json.dumps(receipt.document, indent=4, sort_keys=True), tmp_path)


def altered(document: dict[str, Any], change: str) -> dict[str, Any]:
    document = copy.deepcopy(document)
    if change == "figure":
        document["receipt"]["erased"].append({"table": "contact.contactrequest", "title": "x", "rows": 7})
    elif change == "reference":
        document["receipt"]["reference"] = "AAAA-AAAA"
    elif change == "signature":
        document["signature"] = "A" * len(document["signature"])
    else:
        document["signature"] = "no base64!"
    return document


@pytest.mark.parametrize("change", ["figure", "reference", "signature", "nonsense"])
def test_an_altered_receipt_is_called_so(receipt: ErasureReceipt, tmp_path: Path, change: str) -> None:
    with pytest.raises(CommandError, match="ALTERED") as raised:
        verified(altered(receipt.document, change), tmp_path)
    assert raised.value.returncode == 1


def test_a_key_that_is_not_this_sites_is_called_so(receipt: ErasureReceipt, tmp_path: Path, settings: Any) -> None:
    settings.RECEIPT_KEYS = ["another site's"]

    with pytest.raises(CommandError, match="key"):
        verified(receipt.document, tmp_path)


def test_an_older_key_of_the_ring_still_verifies(receipt: ErasureReceipt, tmp_path: Path, settings: Any) -> None:
    settings.RECEIPT_KEYS = ["a newer one", *settings.RECEIPT_KEYS]

    assert "Genuine" in verified(receipt.document, tmp_path)


@pytest.mark.parametrize("text", ["", "{}", "[]", "not json", '{"receipt": {}}', "[" * 100_000])
def test_what_is_no_receipt_is_called_so(tmp_path: Path, text: str) -> None:
    with pytest.raises(CommandError, match="not a signed receipt"):
        verified(text, tmp_path)


def test_a_file_that_is_not_there_is_called_so(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="can't be read"):
        call_command("verify_receipt", str(tmp_path / "none.json"))


def test_the_published_key_verifies_a_receipt_without_this_site(receipt: ErasureReceipt, client: Client) -> None:
    import base64

    published = client.get("/receipt-keys.json").json()["keys"]
    document = receipt.document
    key = next(key for key in published if key["key"] == document["key"])

    Ed25519PublicKey.from_public_bytes(bytes.fromhex(key["public"])).verify(
        base64.b64decode(str(document["signature"])),
        signing.canonical(document["receipt"]),  # type: ignore[arg-type]
    )


def address(name: str, receipt: ErasureReceipt, language: str = "fr") -> str:
    with translation.override(language):
        return reverse(name, args=[signed.sign(RECEIPT, receipt.pk)])


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_receipt_is_a_page_that_names_nobody(receipt: ErasureReceipt, client: Client, language: str) -> None:
    page = client.get(address("erasure-receipt", receipt, language))

    assert page.status_code == 200
    assert receipt.request.reference in page.content.decode()
    assert "zoe@example.com" not in page.content.decode()
    assert page["X-Robots-Tag"] == "noindex"


def test_who_has_downloaded_the_receipt_needs_no_address_any_more(receipt: ErasureReceipt, client: Client) -> None:
    answer: Any = client.post(address("erasure-receipt-json", receipt))

    assert signing.verify(answer.json())
    erasing.forget_delivered()
    assert not CaseFile.objects.filter(request=receipt.request_id).exists()
    again: Any = client.post(address("erasure-receipt-json", receipt))
    assert again.json() == answer.json()


@pytest.mark.parametrize(("name", "method"), [("erasure-receipt", "get"), ("erasure-receipt-json", "post")])
def test_a_link_made_up_leads_nowhere(client: Client, name: str, method: str) -> None:
    assert getattr(client, method)(reverse(name, args=["made:up"])).status_code == 410
