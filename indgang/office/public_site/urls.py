from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.public_site import views

urlpatterns: list[URLPattern | URLResolver] = [path("public-site/", views.public_site, name="public-site")]
