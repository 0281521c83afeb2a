from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.simulated_post import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("simulated-post/", views.people, name="simulated-post"),
]
