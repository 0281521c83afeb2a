from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.imports import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.imports, name="imports"),
    path("mapping/", views.mapping, name="import-mapping"),
    path("new/", views.new, name="import-new"),
    path("<int:pk>/", views.one, name="import"),
    path("<int:pk>/progress/", views.progress, name="import-progress"),
    path("<int:pk>/withdrawal/", views.withdrawal, name="import-withdrawal"),
    path("<int:pk>/rejected/", views.rejected, name="import-rejected"),
]
