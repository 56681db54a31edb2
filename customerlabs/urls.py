from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.contrib.sitemaps.views import sitemap
from django.urls import include, path
from django.utils.translation import pgettext_lazy

from cookies.audience.views import count
from customerlabs.health.views import alive, ready
from customerlabs.pages import languages, views, well_known
from customerlabs.pages.sitemap import PublicPages
from customerlabs.security.reports.views import policy_reports
from privacy.commitments.views import commitments, commitments_json
from privacy.rights.fulfilment.views import portability_schema, receipt_keys

urlpatterns = [
    path("account/", include("customerlabs.staff.urls")),
    path("admin/record/", include("privacy.record.urls")),
    path("admin/report/", include("privacy.report.urls")),
    path("admin/", admin.site.urls),
    path("audience/", count, name="audience"),
    path("policy-reports/", policy_reports, name="policy-reports"),
    path("language/", languages.choose_language, name="language"),
    path("livez", alive, name="alive"),
    path("readyz", ready, name="ready"),
    path("robots.txt", well_known.robots, name="robots"),
    path("sitemap.xml", sitemap, {"sitemaps": {"pages": PublicPages}}, name="sitemap"),
    path("favicon.ico", well_known.favicon, name="favicon"),
    path("commitments.json", commitments_json, name="commitments-json"),
    path("portability.schema.json", portability_schema, name="portability-schema"),
    path("receipt-keys.json", receipt_keys, name="receipt-keys"),
    path(".well-known/security.txt", well_known.security, name="security"),
    path(".well-known/change-password", well_known.change_password, name="change-password"),
    *i18n_patterns(
        path("", views.home, name="home"),
        path("contact/", include("contact.urls")),
        path("cookies/", include("cookies.urls")),
        path(pgettext_lazy("address", "privacy/"), include("privacy.policy.urls")),
        path(pgettext_lazy("address", "commitments/"), commitments, name="commitments"),
        path(pgettext_lazy("address", "withdraw-consent/"), include("privacy.consents.urls")),
        path(pgettext_lazy("address", "your-rights/"), include("privacy.rights.asking.urls")),
        path(pgettext_lazy("address", "my-request/"), include("privacy.rights.following.urls")),
        path(pgettext_lazy("address", "directive/"), include("privacy.directives.urls")),
        path(pgettext_lazy("address", "objection/"), include("privacy.objections.urls")),
        path(pgettext_lazy("address", "your-rights/"), include("privacy.rights.fulfilment.urls")),
        path(pgettext_lazy("address", "legal-notice/"), views.legal_notice, name="legal-notice"),
    ),
]

handler400 = "customerlabs.pages.errors.bad_request"
handler403 = "customerlabs.pages.errors.forbidden"
handler404 = "customerlabs.pages.errors.not_found"
handler500 = "customerlabs.pages.errors.server_error"
