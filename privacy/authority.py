"""Where a person complains (P10.1)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Authority:
    name: str
    address: str
    phone: str
    url: str


CNIL = Authority(
    name="CNIL", address="3 Place de Fontenoy, 75007 Paris", phone="01 53 73 22 22", url="https://www.cnil.fr/"
)
