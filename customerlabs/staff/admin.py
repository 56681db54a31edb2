from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.utils.translation import gettext_lazy as _

from customerlabs.staff.models import StaffMember

admin.site.site_title = "CUSTOMER LABS"
admin.site.site_header = "CUSTOMER LABS"
admin.site.index_title = _("The desk")
admin.site.enable_nav_sidebar = False  # Lists need the width; the first page and the breadcrumbs lead everywhere.


@admin.register(StaffMember)
class StaffMemberAdmin(UserAdmin):  # type: ignore[type-arg]
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
