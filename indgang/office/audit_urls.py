from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.views import audit

urlpatterns: list[URLPattern | URLResolver] = [
    path("audit/changes/", audit.changes, name="changes"),
    path("audit/looks/", audit.looks, name="looks"),
]
