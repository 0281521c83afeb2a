from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.workbench import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.centres, name="workbench"),
    path("<slug:code>/", views.centre, name="centre-workbench"),
    path("<slug:code>/adoption/", views.adoption, name="workbench-adoption"),
]
