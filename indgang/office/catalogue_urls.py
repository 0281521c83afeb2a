from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.views import catalogue, directory, hours

urlpatterns: list[URLPattern | URLResolver] = [
    path("units/", catalogue.unit_list, name="units"),
    path("units/new/", catalogue.unit_new, name="unit-new"),
    path("units/<slug:code>/", catalogue.unit, name="unit"),
    path("units/<slug:code>/place/", catalogue.unit_move, name="unit-move"),
    path("centre-setup/", catalogue.centre_list, name="centres"),
    path("centre-setup/new/", catalogue.centre_new, name="centre-new"),
    path("centre-setup/<slug:code>/", catalogue.centre, name="centre-setup"),
    path("services/", catalogue.service_list, name="services"),
    path("services/new/", catalogue.service_new, name="service-new"),
    path("services/<slug:code>/", catalogue.service, name="service"),
    path("services/<slug:code>/local-purposes/", catalogue.service_local_purposes, name="service-local-purposes"),
    path("purposes/", catalogue.purpose_list, name="purposes"),
    path("purposes/new/", catalogue.purpose_new, name="purpose-new"),
    path("purposes/<slug:code>/", catalogue.purpose, name="purpose"),
    path("hours/", hours.schedule_list, name="schedules"),
    path("hours/new/", hours.schedule_new, name="schedule-new"),
    path("hours/<slug:code>/", hours.schedule, name="schedule"),
    path("hours/<slug:code>/week/", hours.schedule_week, name="schedule-week"),
    path("hours/<slug:code>/copied-day/", hours.schedule_copy_day, name="schedule-copy-day"),
    path("hours/<slug:code>/exceptions/", hours.schedule_exceptions, name="schedule-exceptions"),
    path("hours/<slug:code>/exceptions/end/", hours.schedule_exception_end, name="schedule-exception-end"),
    path("directory/", directory.entry_list, name="directory"),
    path("directory/new/", directory.entry_new, name="directory-new"),
    path("directory/<int:pk>/", directory.entry, name="directory-entry"),
]
