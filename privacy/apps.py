from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class PrivacyConfig(AppConfig):
    name = "privacy"
    verbose_name = _("Privacy")

    def ready(self) -> None:
        from django.utils.module_loading import autodiscover_modules

        from privacy import any_of, checks  # noqa: F401  (registers a lookup, and the system checks)

        autodiscover_modules("personal_data", "letters", "commitments")

        from privacy.audit import commitments as of_the_audit  # noqa: F401  (what is promised of the trail)
        from privacy.audit import telling  # noqa: F401  (the copy of somebody's data says when it was consulted)
        from privacy.breaches import commitments as of_breaches  # noqa: F401  (what is promised of breaches)
        from privacy.breaches import reminders as on_breaches  # noqa: F401  (and their letter to the officer)
        from privacy.commitments import own  # noqa: F401  (privacy's own)
        from privacy.commitments.in_time import watch_every_table
        from privacy.consents import letters as of_consents  # noqa: F401  (this room's letter)
        from privacy.continuity import checks as on_keys  # noqa: F401  (where the recovery key lies)
        from privacy.continuity import commitments as of_continuity  # noqa: F401  (and this one's)
        from privacy.continuity.ledger import make_head_with_tables
        from privacy.directives import carriers as of_directives  # noqa: F401  (how these rights are carried out)
        from privacy.directives import commitments as on_directives  # noqa: F401  (and what is promised of them)
        from privacy.holds import commitments as of_holds  # noqa: F401  (and this one's commitment)
        from privacy.holds import reminders as on_holds  # noqa: F401  (and its letter to the officer)
        from privacy.objections import carriers as of_objections  # noqa: F401  (how these rights are carried out)
        from privacy.papers import commitments as of_papers  # noqa: F401  (and this one's, and its letter)
        from privacy.policy import letters as of_the_policy  # noqa: F401  (and this one's letter)
        from privacy.rekeying import watch_new_rows
        from privacy.restrictions import carrier as of_restriction  # noqa: F401  (and this one)
        from privacy.restrictions import commitments as of_restrictions  # noqa: F401  (and its commitment)
        from privacy.rights import commitments as of_the_rights  # noqa: F401
        from privacy.rights import letters as of_rights  # noqa: F401  (and this one's letters)
        from privacy.rights.desk import reminders as of_the_desk  # noqa: F401  (and those to the officer)
        from privacy.rights.fulfilment import access, correcting, erasing, portability  # noqa: F401  (what it carries out)

        watch_every_table()
        watch_new_rows()
        post_migrate.connect(make_head_with_tables, sender=self, dispatch_uid="privacy.continuity.ledger")
