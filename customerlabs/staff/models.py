from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from privacy.numbered import Numbered


class StaffManager(BaseUserManager["StaffMember"]):
    use_in_migrations = True

    @classmethod
    def normalize_email(cls, email: str | None) -> str:
        """In small letters: signing in looks for what is typed in these, however it is typed."""
        return super().normalize_email(email).lower()

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "StaffMember":
        member = self.model(email=self.normalize_email(email), **fields)
        member.set_password(password)
        member.save(using=self._db)
        return member

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "StaffMember":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class StaffMember(Numbered, AbstractUser):
    """Somebody who works here, known by e-mail. Visitors have no account."""

    username = None  # type: ignore[assignment]
    email = models.EmailField(_("e-mail address"), unique=True)
    left_at = models.DateTimeField(
        _("left on"),
        null=True,
        blank=True,
        editable=False,
        db_index=True,
        help_text=_("Set when the account is closed."),
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = StaffManager()  # type: ignore[assignment,misc]

    class Meta:
        verbose_name = _("staff member")
        verbose_name_plural = _("staff members")
        constraints = [
            # What closes accounts without save() must set the clock too: an account without it would never go.
            models.CheckConstraint(
                condition=Q(is_active=True, left_at=None) | Q(is_active=False, left_at__isnull=False),
                name="staff_closed_has_date",
            )
        ]

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """Closing an account starts the clock of its retention; opening it again stops it."""
        if self.is_active:
            self.left_at = None
        elif self.left_at is None:
            self.left_at = timezone.now()
        if update_fields is not None and "is_active" in update_fields:
            update_fields = {*update_fields, "left_at"}
        super().save(*args, update_fields=update_fields, **kwargs)


def address_of(member: StaffMember) -> str:
    """How a member is told from another on their own pages."""
    return member.email
