from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.knowledge.guides import views

_draft = "<slug:slug>/draft/<slug:language>"
_version = "<slug:slug>/versions/<slug:language>/<int:number>"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.guide_list, name="guides"),
    path("<slug:slug>/", views.guide, name="guide"),
    path("<slug:slug>/facts/", views.facts, name="guide-facts"),
    path("<slug:slug>/withdrawal/", views.withdrawal, name="guide-withdrawal"),
    path(f"{_draft}/", views.draft, name="guide-draft"),
    path(f"{_draft}/removal/", views.draft_removal, name="guide-draft-removal"),
    path(f"{_draft}/head/", views.head, name="guide-head"),
    path(f"{_draft}/approval/", views.approval, name="guide-approval"),
    path(f"{_draft}/rejection/", views.rejection, name="guide-rejection"),
    path(f"{_draft}/publication/", views.publication, name="guide-publication"),
    path(f"{_draft}/steps/", views.new_step, name="guide-new-step"),
    path(f"{_draft}/steps/<slug:step>/", views.step, name="guide-step"),
    path(f"{_draft}/steps/<slug:step>/removal/", views.step_removal, name="guide-step-removal"),
    path(f"{_version}/", views.version, name="guide-version"),
    path(f"{_version}/rehearsal/", views.rehearsal, name="guide-rehearsal"),
    path(f"{_version}/file/", views.guide_file, name="guide-file"),
]
