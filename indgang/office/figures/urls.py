from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.figures import contact_views, entered_views, files, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.figures, name="figures"),
    path("file/", files.figures, name="figures-file"),
    path("help/", views.explained, name="figures-help"),
    path("entered/", entered_views.overview, name="entered-figures"),
    path("entered/<slug:code>/", entered_views.figure, name="entered-figure"),
    path("entered/<slug:code>/file/", entered_views.file, name="entered-figure-file"),
    path("entered/<slug:code>/arrangement/", entered_views.arrangement, name="entered-arrangement"),
    path("entered/<slug:code>/<slug:day>/<slug:centre>/", entered_views.value, name="entered-value"),
    path("entered/<slug:code>/<slug:day>/<slug:centre>/removal/", entered_views.removal, name="entered-removal"),
    path("contacts/<uuid:pk>/", contact_views.contact, name="counted-contact"),
    path("<slug:code>/", views.figure, name="figure"),
    path("<slug:code>/file/", files.figure, name="figure-file"),
    path("<slug:code>/contacts/", contact_views.contacts, name="figure-contacts"),
    path("<slug:code>/contacts/file/", contact_views.file, name="figure-contacts-file"),
    path("<slug:code>/contacts/parquet/", contact_views.parquet_file, name="figure-contacts-parquet"),
]
