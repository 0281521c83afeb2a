from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.handovers import proof_views, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.handovers, name="handovers"),
    path("<uuid:pk>/place/", views.place, name="handover-place"),
    path("promises/", proof_views.promises, name="promises"),
    path("promises/rows/", proof_views.promise_rows, name="promise-rows"),
    path("rules/<slug:code>/", views.rules, name="escalation-rules"),
    path("rules/<slug:code>/removal/", views.rules_removal, name="escalation-rules-removal"),
]
