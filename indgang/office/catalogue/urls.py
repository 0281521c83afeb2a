from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.catalogue.views import directory, former_numbers, hours, rows

urlpatterns: list[URLPattern | URLResolver] = [
    path("units/", rows.unit_list, name="units"),
    path("units/new/", rows.unit_new, name="unit-new"),
    path("units/<slug:code>/", rows.unit, name="unit"),
    path("units/<slug:code>/place/", rows.unit_move, name="unit-move"),
    path("centre-setup/", rows.centre_list, name="centres"),
    path("centre-setup/new/", rows.centre_new, name="centre-new"),
    path("centre-setup/<slug:code>/", rows.centre, name="centre-setup"),
    path("services/", rows.service_list, name="services"),
    path("services/new/", rows.service_new, name="service-new"),
    path("services/<slug:code>/", rows.service, name="service"),
    path("services/<slug:code>/local-purposes/", rows.service_local_purposes, name="service-local-purposes"),
    path("purposes/", rows.purpose_list, name="purposes"),
    path("purposes/new/", rows.purpose_new, name="purpose-new"),
    path("purposes/<slug:code>/", rows.purpose, name="purpose"),
    path("hours/", hours.schedule_list, name="schedules"),
    path("hours/new/", hours.schedule_new, name="schedule-new"),
    path("hours/<slug:code>/", hours.schedule, name="schedule"),
    path("hours/<slug:code>/week/", hours.schedule_week, name="schedule-week"),
    path("hours/<slug:code>/copied-day/", hours.schedule_copy_day, name="schedule-copy-day"),
    path("hours/<slug:code>/exceptions/", hours.schedule_exceptions, name="schedule-exceptions"),
    path("hours/<slug:code>/exceptions/end/", hours.schedule_exception_end, name="schedule-exception-end"),
    path("directory/", directory.entry_list, name="directory"),
    path("directory/new/", directory.entry_new, name="directory-new"),
    path("directory/cleaning/", directory.cleaning_list, name="directory-cleaning"),
    path("directory/<int:pk>/", directory.entry, name="directory-entry"),
    path("directory/<int:pk>/verification/", directory.verification, name="directory-verification"),
    path("former-numbers/", former_numbers.number_list, name="former-numbers"),
    path("former-numbers/new/", former_numbers.number_new, name="former-number-new"),
    path("former-numbers/<int:pk>/", former_numbers.number, name="former-number"),
]
