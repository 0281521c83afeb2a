from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.views import entry_points, operations, prompts, queues

urlpatterns: list[URLPattern | URLResolver] = [
    path("queues/", queues.queue_list, name="queues"),
    path("queues/<slug:queue>/", queues.queue, name="queue"),
    path("queues/<slug:queue>/messages/", queues.queue_message, name="queue-message-new"),
    path("queues/<slug:queue>/messages/<int:message>/", queues.queue_message, name="queue-message"),
    path(
        "queues/<slug:queue>/messages/<int:message>/removal/",
        queues.queue_message_removal,
        name="queue-message-removal",
    ),
    path("prompts/", prompts.prompt_list, name="prompts"),
    path("prompts/<slug:code>/", prompts.prompt, name="prompt"),
    path("prompts/<slug:code>/recording/", prompts.prompt_recording, name="prompt-recording"),
    path("prompts/<slug:code>/removal/", prompts.prompt_removal, name="prompt-removal"),
    path("prompts/<slug:code>/sound/<slug:language>/", prompts.prompt_sound, name="prompt-sound"),
    path("entry-points/", entry_points.entry_points, name="entry-points"),
    path("entry-points/new/", entry_points.entry_point, name="entry-point-new"),
    path("entry-points/<int:point>/", entry_points.entry_point, name="entry-point"),
    path("operations/", operations.operations, name="operations"),
    path("operations/alerts/<int:alert>/sight/", operations.alert_sight, name="alert-sight"),
    path("operations/set-aside/<int:number>/", operations.set_aside, name="set-aside"),
    path("operations/alert-strip/", operations.alert_strip, name="alert-strip"),
]
