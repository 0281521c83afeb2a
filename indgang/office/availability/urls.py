from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.availability.views import agreements, calendars, groups, kept, lines, now, substitutes, units

urlpatterns: list[URLPattern | URLResolver] = [
    path("", units.overview, name="agreements"),
    path("now/", now.availability_now, name="availability-now"),
    path("kept/", kept.units, name="availability-kept"),
    path("kept/attempts/", kept.attempts, name="availability-attempts"),
    path("kept/attempts/file/", kept.attempts_file, name="availability-attempts-file"),
    path("kept/<int:pk>/", kept.window, name="availability-kept-window"),
    path("units/<slug:code>/", units.unit, name="unit-agreements"),
    path("units/<slug:code>/draft/", units.draft, name="agreement-new"),
    path("units/<slug:code>/groups/", groups.groups, name="groups"),
    path("units/<slug:code>/groups/<int:pk>/", groups.group, name="group"),
    path("units/<slug:code>/groups/<int:pk>/members/", groups.members, name="group-members"),
    path("units/<slug:code>/groups/<int:pk>/members/<int:member>/end/", groups.member_end, name="group-member-end"),
    path("units/<slug:code>/substitutes/", substitutes.substitutes, name="substitutes"),
    path("units/<slug:code>/substitutes/<int:pk>/end/", substitutes.substitute_end, name="substitute-end"),
    path("units/<slug:code>/calendars/", calendars.calendars, name="unit-calendars"),
    path("agreements/<int:pk>/", agreements.agreement, name="agreement"),
    path("agreements/<int:pk>/terms/", agreements.terms, name="agreement-terms"),
    path("agreements/<int:pk>/removal/", agreements.removal, name="agreement-removal"),
    path("agreements/<int:pk>/signature/", agreements.signature, name="agreement-signature"),
    path("agreements/<int:pk>/end/", agreements.end, name="agreement-end"),
    path("agreements/<int:pk>/lines/new/", lines.line_new, name="agreement-line-new"),
    path("agreements/<int:pk>/lines/<int:line>/", lines.line, name="agreement-line"),
    path("agreements/<int:pk>/lines/<int:line>/removal/", lines.line_removal, name="agreement-line-removal"),
]
