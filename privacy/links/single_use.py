"""Links that act once: 128 random bits, stored hashed, used by a conditional UPDATE."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models import Model, QuerySet
from django.utils import timezone

from privacy.links.models import SingleUseLink

_purposes: dict[str, type[Model]] = {}


def register_link(purpose: str, model: type[Model]) -> str:
    """Say which table's records the links of this purpose act on, so that they go with them. Returns the purpose."""
    _purposes[purpose] = model
    return purpose


def mint(purpose: str, record: Any, *, subject_key: str, life: timedelta) -> str:
    """A new token for one record, good once and for so long. It can't be read again from anywhere."""
    token = secrets.token_urlsafe(16)
    SingleUseLink.objects.create(
        purpose=purpose,
        record_id=record.pk,
        subject_key=subject_key,
        digest=_digest(token),
        expires_at=timezone.now() + life,
    )
    return token


def peek(purpose: str, token: str) -> SingleUseLink | None:
    """The live link of this token, unused still; None for one that is unknown, used or too old."""
    return SingleUseLink.objects.live(timezone.now()).filter(purpose=purpose, digest=_digest(token)).first()


def use(purpose: str, token: str) -> SingleUseLink | None:
    """Use a link up; to be called in the transaction of what it does. Of twenty uses at once, one gets the link."""
    now = timezone.now()
    link = peek(purpose, token)
    if link is None or not SingleUseLink.objects.live(now).filter(pk=link.pk).update(used_at=now):
        return None
    return link


def was_used(purpose: str, token: str) -> bool:
    """Whether this link has done its work: a second click is told that all is well. Only until the link expires."""
    used = SingleUseLink.objects.filter(used_at__isnull=False, expires_at__gt=timezone.now())
    return used.filter(purpose=purpose, digest=_digest(token)).exists()


def links_about(model: type[Model], keys: Iterable[Any] | None) -> QuerySet[SingleUseLink]:
    """The links that act on these records, or on any of this table, used ones too."""
    purposes = [purpose for purpose, about in _purposes.items() if about is model]
    if not purposes:
        return SingleUseLink.objects.none()
    links = SingleUseLink.objects.filter(purpose__in=purposes)
    return links if keys is None else links.filter(record_id__any_of=keys)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
