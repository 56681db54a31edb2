"""Rows that are called by what they are and their number: a name would end up in titles, messages and logs."""

from django.db import models


class Numbered(models.Model):
    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
