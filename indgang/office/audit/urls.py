from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.audit import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("audit/changes/", views.changes, name="changes"),
    path("audit/looks/", views.looks, name="looks"),
]
