"""Columns that say who of the staff did something: emptied when their account goes, and what they did stays."""

from typing import Any

from django.conf import settings
from django.db import models
from django_stubs_ext import StrOrPromise


def account(label: StrOrPromise, **more: Any) -> "models.ForeignKey[Any, Any]":
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=label,
        **more,
    )
