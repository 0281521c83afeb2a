from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.api.health import health, readiness
from indgang.api.monitoring import metrics_page
from indgang.api.sms_reports import sms_reports

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/", health, name="health"),
    path("readiness/", readiness, name="readiness"),
    path("metrics/", metrics_page, name="metrics"),
    path("sms/", sms_reports, name="sms-reports"),
]
