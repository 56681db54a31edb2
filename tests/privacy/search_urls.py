"""An admin with one list whose search posts, one row a page, so that the search is tested apart from any desk."""

from django.contrib.admin import AdminSite
from django.urls import include, path

from customerlabs.models import StaffMember
from privacy.search import PrivateSearchAdmin


class StaffList(PrivateSearchAdmin):
    search_fields = ("first_name", "last_name", "email")
    list_display = ("pk", "first_name")
    list_filter = ("is_staff",)
    list_per_page = 1
    ordering = ("pk",)


site = AdminSite()
site.register(StaffMember, StaffList)
urlpatterns = [path("admin/", site.urls), path("account/", include("customerlabs.staff.urls"))]
