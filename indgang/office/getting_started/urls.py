from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.getting_started import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("getting-started/", views.getting_started, name="getting-started"),
    path("getting-started/milestones/<slug:milestone>/", views.milestone, name="milestone"),
    path("getting-started/milestones/<slug:milestone>/removal/", views.milestone_removal, name="milestone-removal"),
]
