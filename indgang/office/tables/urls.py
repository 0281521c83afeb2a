from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.tables import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("tables/", views.table_list, name="tables"),
    path("tables/<slug:kind>/", views.table, name="table"),
    path("tables/<slug:kind>/writing/", views.table_writing, name="table-writing"),
    path("tables/<slug:kind>/template/", views.template, name="table-template"),
    path("tables/<slug:kind>/export/", views.export, name="table-export"),
]
