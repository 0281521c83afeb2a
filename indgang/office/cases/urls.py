from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.cases import comparison, editing, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.cases, name="cases"),
    path("new/", editing.new, name="case-new"),
    path("new/draft/", editing.new_draft, name="case-new-draft"),
    path("new/text/", editing.new_text, name="case-new-text"),
    path("<slug:code>/", views.case, name="case"),
    path("<slug:code>/edit/", editing.edit, name="case-edit"),
    path("<slug:code>/draft/", editing.draft, name="case-draft"),
    path("<slug:code>/text/", editing.edit_text, name="case-text"),
    path("<slug:code>/comparison/", comparison.comparison, name="case-comparison"),
    path("<slug:code>/file/", editing.file, name="case-file"),
    path("<slug:code>/spreadsheet/", views.spreadsheet, name="case-spreadsheet"),
    path("<slug:code>/document/", views.pdf, name="case-document"),
]
