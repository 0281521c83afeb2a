from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.benefits import case_views, editing, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.benefits, name="benefits"),
    path("new/", editing.new, name="benefit-new"),
    path("cases/<slug:code>/", case_views.case, name="benefit-case"),
    path("cases/<slug:code>/spreadsheet/", case_views.spreadsheet, name="benefit-case-spreadsheet"),
    path("cases/<slug:code>/document/", case_views.pdf, name="benefit-case-document"),
    path("<int:pk>/", views.benefit, name="benefit"),
    path("<int:pk>/edit/", editing.edit, name="benefit-edit"),
    path("<int:pk>/signature/", editing.signature, name="benefit-signature"),
    path("<int:pk>/withdrawal/", editing.withdrawal, name="benefit-withdrawal"),
    path("<int:pk>/months/", editing.months, name="benefit-months"),
]
