from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.potential import rules, views
from indgang.office.potential.documents import documents

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.potential, name="potential"),
    path("enquiries/", views.enquiries, name="potential-enquiries"),
    path("case/", views.case, name="potential-case"),
    path("rules/", rules.rules, name="potential-rules"),
    path("file/", views.file, name="potential-file"),
    path("rules/new/", rules.new, name="potential-rules-new"),
    path("rules/new/draft/", rules.new_draft, name="potential-rules-new-draft"),
    path("rules/new/text/", rules.new_text, name="potential-rules-new-text"),
    path("rules/<slug:code>/", rules.edit, name="potential-rules-edit"),
    path("rules/<slug:code>/draft/", rules.draft, name="potential-rules-draft"),
    path("rules/<slug:code>/text/", rules.edit_text, name="potential-rules-text"),
    path("documents/", documents, name="potential-documents"),
]
