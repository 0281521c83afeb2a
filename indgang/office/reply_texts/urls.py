from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.reply_texts import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.texts, name="reply-texts"),
    path("new/", views.text_new, name="reply-text-new"),
    path("signatures/<slug:code>/", views.signature, name="centre-signature"),
    path("<int:pk>/", views.text, name="reply-text"),
    path("<int:pk>/end/", views.text_end, name="reply-text-end"),
]
