from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.planning import need

urlpatterns: list[URLPattern | URLResolver] = [
    path("need/", need.calculator, name="staffing-need"),
]
