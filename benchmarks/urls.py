"""The site's addresses, and the bare views'."""

from django.urls import path

from benchmarks import bare_views
from customerlabs.urls import handler400, handler403, handler404, handler500
from customerlabs.urls import urlpatterns as site

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [
    path("bare/post/<int:writes>/<int:reads>/", bare_views.post),
    path("bare/<str:name>/", bare_views.page),
    *site,
]
