from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.greetings import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("greetings/", views.greeting_list, name="greetings"),
    path("greetings/<slug:code>/", views.centre_greetings, name="centre-greetings"),
    path("greetings/<slug:code>/<int:pk>/end/", views.greeting_end, name="greeting-end"),
]
