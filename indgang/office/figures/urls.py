from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.figures import contact_views, files, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.figures, name="figures"),
    path("file/", files.figures, name="figures-file"),
    path("help/", views.explained, name="figures-help"),
    path("contacts/<uuid:pk>/", contact_views.contact, name="counted-contact"),
    path("<slug:code>/", views.figure, name="figure"),
    path("<slug:code>/file/", files.figure, name="figure-file"),
    path("<slug:code>/contacts/", contact_views.contacts, name="figure-contacts"),
    path("<slug:code>/contacts/file/", contact_views.file, name="figure-contacts-file"),
    path("<slug:code>/contacts/parquet/", contact_views.parquet_file, name="figure-contacts-parquet"),
]
