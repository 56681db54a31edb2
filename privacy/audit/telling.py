"""The copy of somebody's data says when and why staff consulted it (P5.1)."""

from collections.abc import Iterator

from privacy.audit.services import consultations_about
from privacy.rights.fulfilment.looked_at import Look, register_looks


def looks(address: str) -> Iterator[Look]:
    for consultation in consultations_about(address):
        yield Look(at=consultation.at, why=str(consultation.purpose))


register_looks(looks)
