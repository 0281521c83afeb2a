from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.planning import assumptions, need

urlpatterns: list[URLPattern | URLResolver] = [
    path("need/", need.calculator, name="staffing-need"),
    path("assumptions/", assumptions.assumptions, name="staffing-assumptions"),
    path("assumptions/<slug:code>/", assumptions.assumption, name="staffing-assumption"),
]
