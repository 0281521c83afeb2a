"""Every address of the product."""

from __future__ import annotations

from django.urls import include, path

from indgang.config.start import start

urlpatterns = [
    path("start/", start, name="start"),
    path("", include("indgang.accounts.urls")),
    path("desk/", include("indgang.desk.urls")),
    path("office/", include("indgang.office.urls")),
    path("api/", include("indgang.api.urls")),
    path("", include("indgang.portal.urls")),
]
handler404 = "indgang.portal.views.nowhere.nowhere"
handler500 = "indgang.config.waiting.fault"
