from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from privacy.audit.reading import readings_recorded
from privacy.audit.services import Action, record_all
from privacy.broker import poke_once_committed
from privacy.evidence import EvidenceAdmin
from privacy.letters.models import Letter
from privacy.letters.tasks import deliver_letters


@admin.register(Letter)
@readings_recorded
class LetterAdmin(EvidenceAdmin):
    list_display = ("__str__", "kind", "record_id", "state", "attempts", "error", "created_at", "due_at", "finished_at")
    list_filter = ("state", "kind")
    ordering = ("-created_at",)
    actions = ("try_again",)

    def has_change_permission(self, request: HttpRequest, obj: Letter | None = None) -> bool:
        return obj is None and request.user.has_perm("privacy.change_letter")

    @admin.action(description=_("Try again now"), permissions=["change"])
    def try_again(self, request: HttpRequest, letters: QuerySet[Letter]) -> None:
        """Puts letters that failed for good back in the queue."""
        with transaction.atomic():
            failed = letters.filter(state=Letter.State.FAILED).select_for_update().order_by("pk")
            keys = list(failed.values_list("pk", flat=True))
            number = Letter.objects.filter(pk__in=keys).update(
                state=Letter.State.QUEUED, attempts=0, due_at=timezone.now(), finished_at=None, error=""
            )
            record_all(Action.CHANGED, Letter, keys, by=request.user.pk, details=("tried again",))
            poke_once_committed(deliver_letters)
        self.message_user(
            request,
            ngettext("%(number)d letter will be tried again.", "%(number)d letters will be tried again.", number)
            % {"number": number},
        )
