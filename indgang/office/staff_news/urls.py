from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.staff_news import log_views, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("staff-news/", views.news_list, name="staff-news"),
    path("staff-news/new/", views.news_new, name="staff-news-new"),
    path("staff-news/<int:pk>/", views.news_item, name="staff-news-item"),
    path("staff-news/<int:pk>/end/", views.news_end, name="staff-news-end"),
    path("day-log/", log_views.centre_list, name="day-logs"),
    path("day-log/<slug:code>/", log_views.day_log_page, name="day-log"),
    path("day-log/<slug:code>/<int:pk>/removal/", log_views.removal, name="day-log-removal"),
]
