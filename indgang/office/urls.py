from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

app_name = "office"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("indgang.office.board_urls")),
    path("", include("indgang.office.flow_urls")),
    path("", include("indgang.office.setup_urls")),
    path("", include("indgang.office.people_urls")),
    path("", include("indgang.office.catalogue_urls")),
    path("", include("indgang.office.audit_urls")),
    path("", include("indgang.office.knowledge_urls")),
]
