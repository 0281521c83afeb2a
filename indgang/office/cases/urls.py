from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.cases import editing, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.cases, name="cases"),
    path("new/", editing.new, name="case-new"),
    path("<slug:code>/", views.case, name="case"),
    path("<slug:code>/edit/", editing.edit, name="case-edit"),
    path("<slug:code>/spreadsheet/", views.spreadsheet, name="case-spreadsheet"),
    path("<slug:code>/document/", views.pdf, name="case-document"),
]
