from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.audit import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("audit/changes/", views.changes, name="changes"),
    path("audit/looks/", views.looks, name="looks"),
    path("audit/looks/<int:look>/review/", views.look_review, name="look-review"),
    path("audit/own-looks/", views.own_looks, name="own-looks"),
    path("audit/odd-looks/", views.odd_looks, name="odd-looks"),
]
