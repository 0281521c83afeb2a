from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.gaps import measures, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.gaps, name="gaps"),
    path("measures/new/", measures.new, name="gap-measure-new"),
    path("measures/<int:pk>/", measures.measure, name="gap-measure"),
    path("measures/<int:pk>/edit/", measures.edit, name="gap-measure-edit"),
    path("measures/<int:pk>/dropping/", measures.dropping, name="gap-measure-dropping"),
    path("<slug:code>/", views.gap, name="gap"),
]
