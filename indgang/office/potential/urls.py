from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.potential import rules, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.potential, name="potential"),
    path("rules/", rules.rules, name="potential-rules"),
    path("rules/new/", rules.new, name="potential-rules-new"),
    path("rules/<slug:code>/", rules.edit, name="potential-rules-edit"),
    path("documents/", views.documents, name="potential-documents"),
]
