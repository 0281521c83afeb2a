from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.privacy import retention, subjects

urlpatterns: list[URLPattern | URLResolver] = [
    path("privacy/", retention.kinds_page, name="privacy"),
    path("privacy/kinds/<slug:kind>/", retention.kind_page, name="privacy-kind"),
    path("privacy/scrubbed/", retention.scrubbed_page, name="privacy-scrubbed"),
    path("privacy/people/", subjects.people, name="privacy-people"),
    path("privacy/people/copy/", subjects.copy, name="privacy-copy"),
    path("privacy/erasures/", subjects.erasures, name="privacy-erasures"),
    path("privacy/erasures/<int:number>/", subjects.erasure_page, name="privacy-erasure"),
]
