from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.recordings import purposes, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("queues/<slug:queue>/recording/", purposes.purposes, name="recording-purposes"),
    path("queues/<slug:queue>/recording/<int:purpose>/stop/", purposes.purpose_stop, name="recording-purpose-stop"),
    path("recordings/", views.recording_list, name="recordings"),
    path("recordings/<int:pk>/", views.recording, name="recording"),
    path("recordings/<int:pk>/sound/<int:look>/", views.recording_sound, name="recording-sound"),
    path("recordings/<int:pk>/removal/", views.recording_removal, name="recording-removal"),
]
