from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.counting import tally, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.weeks, name="counting-weeks"),
    path("worker.js", tally.worker, name="counting-worker"),
    path("new/", views.new, name="counting-week-new"),
    path("<int:pk>/", views.week, name="counting-week"),
    path("<int:pk>/set-up/", views.set_up, name="counting-week-set-up"),
    path("<int:pk>/closing/", views.closing, name="counting-week-closing"),
    path("<int:pk>/reopening/", views.reopening, name="counting-week-reopening"),
    path("<int:pk>/purposes/", views.purposes, name="counted-purposes"),
    path("<int:pk>/purposes/<int:purpose>/", views.purpose, name="counted-purpose"),
    path("<int:pk>/purposes/<int:purpose>/removal/", views.purpose_removal, name="counted-purpose-removal"),
    path("<int:pk>/people/", views.people, name="counting-people"),
    path("<int:pk>/people/<int:person>/removal/", views.person_removal, name="counting-person-removal"),
    path("<int:pk>/people/<int:person>/level/", views.person_level, name="counting-person-level"),
    path("<int:pk>/sheet/", views.sheet, name="counting-sheet"),
    path("<int:pk>/sheet/blank/", views.blank, name="counting-blank-sheet"),
    path("<int:pk>/sheets/", views.sheets, name="counting-sheets"),
    path("<int:pk>/sheets/<int:sheet>/removal/", views.sheet_removal, name="counting-sheet-removal"),
    path("<int:pk>/file/", views.file, name="counting-week-file"),
    path("<int:pk>/tally/", tally.tally, name="counting-tally"),
    path("<int:pk>/tally/taps/", tally.taps, name="counting-taps"),
    path("<int:pk>/tally/withdrawal/", tally.withdrawal, name="counting-withdrawal"),
]
