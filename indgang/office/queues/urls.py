from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.queues import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("queues/", views.queue_list, name="queues"),
    path("queues/<slug:queue>/", views.queue, name="queue"),
    path("queues/<slug:queue>/terms/", views.terms, name="queue-terms"),
    path("queues/<slug:queue>/terms/<int:terms>/removal/", views.terms_removal, name="queue-terms-removal"),
    path("queues/<slug:queue>/messages/", views.queue_message, name="queue-message-new"),
    path("queues/<slug:queue>/messages/<int:message>/", views.queue_message, name="queue-message"),
    path(
        "queues/<slug:queue>/messages/<int:message>/removal/",
        views.queue_message_removal,
        name="queue-message-removal",
    ),
]
