from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.simulated_sms import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("simulated-sms/", views.telephones, name="simulated-sms"),
]
