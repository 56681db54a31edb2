from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContactConfig(AppConfig):
    name = "contact"
    verbose_name = _("Contact")

    def ready(self) -> None:
        from contact.mailings.services import stop_all
        from privacy.continuity.replay import stopped_by_a_restore

        stopped_by_a_restore(stop_all)
