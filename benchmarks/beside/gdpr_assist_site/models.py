"""The site's own tables, with what a purge empties declared to django-gdpr-assist. Dates are cut to the month."""

from typing import Any

from django.db import models


class Consent(models.Model):  # noqa: DJ008  (nobody reads one)
    class Meta:
        db_table = "privacy_consent"
        managed = False


class ConsentEvent(models.Model):  # noqa: DJ008  (nobody reads one)
    consent = models.ForeignKey(Consent, on_delete=models.CASCADE)

    class Meta:
        db_table = "privacy_consentevent"
        managed = False


def cut_to_month(name: str) -> Any:
    def anonymise(privacy: Any, instance: Any) -> None:
        setattr(instance, name, getattr(instance, name).replace(day=1, hour=0, minute=0, second=0, microsecond=0))

    return anonymise


class ContactRequest(models.Model):  # noqa: DJ008  (nobody reads one)
    first_name = models.CharField(max_length=100, blank=True)
    last_name = models.CharField(max_length=100, blank=True)
    email = models.EmailField(max_length=254, blank=True)
    phone = models.CharField(max_length=128, blank=True)
    message = models.TextField(blank=True)
    wants_news = models.BooleanField(default=False)
    subject_key = models.CharField(max_length=73, blank=True)
    submission = models.UUIDField(null=True)
    consent = models.ForeignKey(Consent, null=True, on_delete=models.SET_NULL)
    assignee_id = models.IntegerField(null=True)
    received_at = models.DateTimeField()
    last_activity_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    held_until = models.DateTimeField(null=True)
    spam_at = models.DateTimeField(null=True)
    emptied = models.BooleanField(default=False, db_column="is_anonymised")

    class Meta:
        db_table = "contact_contactrequest"
        managed = False

    class PrivacyMeta:
        fields = (
            "first_name",
            "last_name",
            "email",
            "phone",
            "message",
            "wants_news",
            "subject_key",
            "submission",
            "consent",
            "assignee_id",
            "received_at",
            "last_activity_at",
            "read_at",
            "closed_at",
            "held_until",
            "spam_at",
            "emptied",
        )
        anonymise_received_at = cut_to_month("received_at")
        anonymise_last_activity_at = cut_to_month("last_activity_at")
        anonymise_closed_at = cut_to_month("closed_at")

        def anonymise_emptied(self, instance: Any) -> None:
            instance.emptied = True
