from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.views import flows, rehearsal

urlpatterns: list[URLPattern | URLResolver] = [
    path("flows/", flows.flow_list, name="flows"),
    path("flows/<slug:flow>/", flows.flow, name="flow"),
    path("flows/<slug:flow>/draft/", flows.draft, name="flow-draft"),
    path("flows/<slug:flow>/draft/removal/", flows.draft_removal, name="flow-draft-removal"),
    path("flows/<slug:flow>/draft/beginning/", flows.beginning, name="flow-beginning"),
    path("flows/<slug:flow>/draft/steps/", flows.new_step, name="flow-new-step"),
    path("flows/<slug:flow>/draft/steps/<str:step>/", flows.step, name="flow-step"),
    path("flows/<slug:flow>/draft/steps/<str:step>/removal/", flows.step_removal, name="flow-step-removal"),
    path("flows/<slug:flow>/publication/", flows.publication, name="flow-publication"),
    path("flows/<slug:flow>/versions/<int:number>/", flows.version, name="flow-version"),
    path(
        "flows/<slug:flow>/versions/<int:number>/publication/",
        flows.version_publication,
        name="flow-version-publication",
    ),
    path("flows/<slug:flow>/rehearsal/", rehearsal.flow_rehearsal, name="flow-rehearsal"),
]
