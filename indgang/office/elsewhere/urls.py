from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.elsewhere import views

urlpatterns: list[URLPattern | URLResolver] = [path("elsewhere/", views.elsewhere_page, name="elsewhere")]
