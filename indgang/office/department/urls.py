from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.department import views

urlpatterns: list[URLPattern | URLResolver] = [path("", views.overview, name="department")]
