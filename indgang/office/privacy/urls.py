from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.privacy import retention

urlpatterns: list[URLPattern | URLResolver] = [
    path("privacy/", retention.kinds_page, name="privacy"),
    path("privacy/kinds/<slug:kind>/", retention.kind_page, name="privacy-kind"),
    path("privacy/scrubbed/", retention.scrubbed_page, name="privacy-scrubbed"),
]
