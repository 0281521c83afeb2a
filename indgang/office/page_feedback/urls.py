from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.page_feedback import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.pages, name="page-feedback"),
    path("page/", views.one_page, name="page-feedback-page"),
    path("asking/<slug:kind>/<slug:unit>/", views.asking, name="page-feedback-asking"),
]
