from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.segments import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.segments_page, name="segments"),
    path("<slug:code>/", views.service_segment, name="service-segment"),
]
