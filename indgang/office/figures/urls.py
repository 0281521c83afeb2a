from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.figures import files, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.figures, name="figures"),
    path("file/", files.figures, name="figures-file"),
    path("<slug:code>/", views.figure, name="figure"),
    path("<slug:code>/file/", files.figure, name="figure-file"),
]
