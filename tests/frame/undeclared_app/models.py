from django.db import models


class Badge(models.Model):
    """Its table is declared, in personal_data.py; its owner's name is not."""

    number = models.PositiveIntegerField()
    owner_name = models.CharField(max_length=100)

    class Meta:
        app_label = "undeclared_app"

    def __str__(self) -> str:
        return f"badge {self.pk}"
