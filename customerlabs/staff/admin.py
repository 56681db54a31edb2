from typing import Any

from allauth.account import admin as _accounts  # noqa: F401  (registers its tables, which have no place here)
from allauth.account.models import EmailAddress
from allauth.mfa import admin as _factors  # noqa: F401
from allauth.mfa.models import Authenticator
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from customerlabs.staff import views
from customerlabs.staff.letters import tell_owner
from customerlabs.staff.models import StaffMember
from customerlabs.staff.sign_ins import SignIn, end_by_hand
from privacy.audit.acting import RecordedAdmin
from privacy.confirming import ask_again
from privacy.evidence import EvidenceAdmin

admin.site.site_title = "CUSTOMER LABS"
admin.site.site_header = "CUSTOMER LABS"
admin.site.index_title = _("The desk")
admin.site.enable_nav_sidebar = False  # Lists need the width; the first page and the breadcrumbs lead everywhere.
admin.site.login = views.admin_sign_in  # type: ignore[method-assign]
admin.site.logout = views.sign_out  # type: ignore[method-assign,assignment]
admin.site.password_change = views.admin_password  # type: ignore[method-assign,assignment]
admin.site.unregister([Authenticator, EmailAddress, Group])


class RolesAdmin(RecordedAdmin[Any]):
    """Accounts and roles: whoever changes them shows once more who they are."""

    actions = None
    filter_horizontal = ()  # The two lists that Django's script makes have labels where none may be.

    def changeform_view(self, request: HttpRequest, object_id: str | None = None, *args: Any, **more: Any) -> Any:
        # Nothing typed is kept where a password may be among it, so one confirms before typing.
        changes = self.has_change_permission(request) and (object_id is None or request.method == "POST")
        asking = ask_again(request, keep=object_id is not None) if changes else None
        return asking or super().changeform_view(request, object_id, *args, **more)

    def delete_view(self, request: HttpRequest, *args: Any, **more: Any) -> Any:
        asking = ask_again(request, keep=True) if self.has_delete_permission(request) else None
        return asking or super().delete_view(request, *args, **more)


@admin.register(Group)
class RoleAdmin(RolesAdmin, GroupAdmin):
    pass


@admin.register(StaffMember)
class StaffMemberAdmin(RolesAdmin, UserAdmin):  # type: ignore[type-arg]
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        (_("Person"), {"fields": ("first_name", "last_name")}),
        (_("May do"), {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")}),
        (_("Dates"), {"fields": ("last_login", "date_joined", "left_at")}),
    )
    readonly_fields = ("last_login", "date_joined", "left_at")
    add_fieldsets = ((None, {"classes": ("wide",), "fields": ("email", "usable_password", "password1", "password2")}),)
    list_display = ("email", "first_name", "last_name", "is_active", "left_at")
    list_filter = ("is_active", "is_superuser", "groups")
    search_fields = ()
    ordering = ("email",)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> Any:
        asking = ask_again(request) if self.has_change_permission(request) else None
        return asking or super().user_change_password(request, id, form_url)

    def log_change(self, request: HttpRequest, obj: StaffMember, message: Any) -> Any:
        entry = super().log_change(request, obj, message)
        tell_owner(obj, entry)
        return entry


@admin.register(SignIn)
class SignInAdmin(EvidenceAdmin):
    """Who is signed in, or was; a sign-in that looks wrong is ended here."""

    list_display = ("user_email", "began_at", "seen_at", "ended_at", "browser", "network", "with_factor")
    list_select_related = ("user",)
    ordering = ("-began_at", "-pk")
    actions = ("end_selected",)

    def has_end_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("customerlabs.change_signin")

    @admin.display(description=_("staff member"), ordering="user__email")
    def user_email(self, sign_in: SignIn) -> str:
        return sign_in.user.email

    @admin.action(description=_("Sign them out there"), permissions=["end"])
    def end_selected(self, request: HttpRequest, sign_ins: QuerySet[SignIn]) -> None:
        number = end_by_hand(sign_ins, by=request.user.pk)
        said = ngettext("%(number)d sign-in is ended.", "%(number)d sign-ins are ended.", number)
        self.message_user(request, said % {"number": number}, messages.SUCCESS)
