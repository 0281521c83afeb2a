from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.mail import views

urlpatterns: list[URLPattern | URLResolver] = [path("mail/", views.mail, name="mail")]
