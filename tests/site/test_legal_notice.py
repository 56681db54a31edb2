"""Who publishes and who hosts, from the settings alone (LCEN art. 1-1)."""

import pytest
from django.test import Client
from pytest_django import Settings

from privacy.authority import CNIL

FACTS = {
    "PUBLISHER_PHONE": "+33 4 42 00 00 01",
    "PUBLICATION_DIRECTOR": "Camille Durand",
    "HOST_NAME": "Hébergeur d’Exemple",
    "HOST_ADDRESS": "1 rue de l’Exemple, 59000 Lille",
    "HOST_PHONE": "+33 3 20 00 00 02",
}


def words(page: str) -> str:
    return page.replace("\u202f", " ").replace("&#x27;", "'")


@pytest.mark.promise("P1.1")
@pytest.mark.parametrize("address", ["/fr/mentions-legales/", "/en/legal-notice/"])
def test_the_legal_notice_names_publisher_and_host(client: Client, settings: Settings, address: str) -> None:
    for name, fact in FACTS.items():
        setattr(settings, name, fact)

    page = words(client.get(address).content.decode())

    for fact in ["CUSTOMER LABS", "SAS", "50 762,00 €", "RCS Aix-en-Provence 810 308 288", "Immeuble le Rifkin,"]:
        assert fact in page
    for name in FACTS.keys() - {"HOST_ADDRESS"}:
        assert FACTS[name] in page
    assert '1 rue de l’Exemple,</span> <span class="part">59000 Lille' in page
    assert 'href="tel:+33442000001"' in page
    assert settings.CONTACT_DESK_EMAIL in page


@pytest.mark.parametrize(
    ("address", "mark"), [("/fr/mentions-legales/", "pas encore indiqué"), ("/en/legal-notice/", "not given yet")]
)
def test_a_fact_nobody_gave_is_shown_as_lacking(client: Client, settings: Settings, address: str, mark: str) -> None:
    for name in FACTS:
        setattr(settings, name, "")

    page = client.get(address).content.decode()

    assert page.count(mark) == len(FACTS)


@pytest.mark.promise("P10.1")
@pytest.mark.parametrize("address", ["/fr/mentions-legales/", "/en/legal-notice/"])
def test_the_legal_notice_says_where_to_complain(client: Client, address: str) -> None:
    page = words(client.get(address).content.decode())

    assert '3 Place de Fontenoy,</span> <span class="part">75007 Paris' in page
    assert (CNIL.url in page, CNIL.phone in page) == (True, True)
