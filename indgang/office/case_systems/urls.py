from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.case_systems import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.systems, name="case-systems"),
    path("new/", views.system_new, name="case-system-new"),
    path("<int:pk>/", views.system, name="case-system"),
    path("<int:pk>/trial/", views.trial, name="case-system-trial"),
    path("<int:pk>/end/", views.system_end, name="case-system-end"),
]
