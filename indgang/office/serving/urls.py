from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.serving import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("queues/<slug:queue>/members/", views.members, name="queue-members"),
    path("queues/<slug:queue>/members/<int:membership>/end/", views.member_end, name="queue-member-end"),
    path("queues/<slug:queue>/members/<int:membership>/switch/", views.member_switch, name="queue-member-switch"),
]
