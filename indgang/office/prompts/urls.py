from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.prompts import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("prompts/", views.prompt_list, name="prompts"),
    path("prompts/<slug:code>/", views.prompt, name="prompt"),
    path("prompts/<slug:code>/recording/", views.prompt_recording, name="prompt-recording"),
    path("prompts/<slug:code>/removal/", views.prompt_removal, name="prompt-removal"),
    path("prompts/<slug:code>/sound/<slug:language>/", views.prompt_sound, name="prompt-sound"),
]
