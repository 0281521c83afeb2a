from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.flows.views import editor, entry_points, phases, rehearsal

urlpatterns: list[URLPattern | URLResolver] = [
    path("flows/", editor.flow_list, name="flows"),
    path("flows/<slug:flow>/", editor.flow, name="flow"),
    path("flows/<slug:flow>/draft/", editor.draft, name="flow-draft"),
    path("flows/<slug:flow>/draft/removal/", editor.draft_removal, name="flow-draft-removal"),
    path("flows/<slug:flow>/draft/beginning/", editor.beginning, name="flow-beginning"),
    path("flows/<slug:flow>/draft/steps/", editor.new_step, name="flow-new-step"),
    path("flows/<slug:flow>/draft/steps/<str:step>/", editor.step, name="flow-step"),
    path("flows/<slug:flow>/draft/steps/<str:step>/removal/", editor.step_removal, name="flow-step-removal"),
    path("flows/<slug:flow>/publication/", editor.publication, name="flow-publication"),
    path("flows/<slug:flow>/versions/<int:number>/", editor.version, name="flow-version"),
    path(
        "flows/<slug:flow>/versions/<int:number>/publication/",
        editor.version_publication,
        name="flow-version-publication",
    ),
    path("flows/<slug:flow>/rehearsal/", rehearsal.flow_rehearsal, name="flow-rehearsal"),
    path("phases/", phases.phase_list, name="phases"),
    path("phases/<int:phase>/removal/", phases.phase_removal, name="phase-removal"),
    path("entry-points/", entry_points.entry_points, name="entry-points"),
    path("entry-points/new/", entry_points.entry_point, name="entry-point-new"),
    path("entry-points/<int:point>/", entry_points.entry_point, name="entry-point"),
]
