from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.potential import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.potential, name="potential"),
    path("documents/", views.documents, name="potential-documents"),
]
