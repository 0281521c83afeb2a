from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.rollout import (
    activity_views,
    communication_views,
    quarter_views,
    readiness_views,
    risk_views,
    views,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.rollouts, name="rollouts"),
    path("new/", views.new, name="rollout-new"),
    path("<int:pk>/", views.rollout, name="rollout"),
    path("<int:pk>/edit/", views.edit, name="rollout-edit"),
    path("<int:pk>/closure/", views.closure, name="rollout-closure"),
    path("<int:pk>/reopening/", views.reopening, name="rollout-reopening"),
    path("<int:pk>/stages/new/", views.stage_new, name="rollout-stage-new"),
    path("<int:pk>/stages/<int:number>/", views.stage, name="rollout-stage"),
    path("<int:pk>/stages/<int:number>/edit/", views.stage_edit, name="rollout-stage-edit"),
    path("<int:pk>/stages/<int:number>/removal/", views.stage_removal, name="rollout-stage-removal"),
    path("<int:pk>/stages/<int:number>/services/", views.stage_services, name="rollout-services"),
    path(
        "<int:pk>/stages/<int:number>/services/<int:row>/removal/",
        views.service_removal,
        name="rollout-service-removal",
    ),
    path("<int:pk>/milestones/new/", views.milestone_new, name="rollout-milestone-new"),
    path("<int:pk>/milestones/<int:row>/", views.milestone, name="rollout-milestone"),
    path("<int:pk>/milestones/<int:row>/removal/", views.milestone_removal, name="rollout-milestone-removal"),
    path("<int:pk>/activities/", activity_views.activity_list, name="rollout-activities"),
    path("<int:pk>/activities/new/", activity_views.activity_new, name="rollout-activity-new"),
    path("<int:pk>/activities/<int:row>/", activity_views.activity, name="rollout-activity"),
    path("<int:pk>/activities/<int:row>/removal/", activity_views.activity_removal, name="rollout-activity-removal"),
    path("<int:pk>/readiness/", readiness_views.readiness, name="rollout-readiness"),
    path("<int:pk>/readiness/<int:unit>/", readiness_views.unit_readiness, name="rollout-unit"),
    path("<int:pk>/risks/", risk_views.risks, name="rollout-risks"),
    path("<int:pk>/risks/new/", risk_views.risk_new, name="rollout-risk-new"),
    path("<int:pk>/risks/<int:row>/", risk_views.risk, name="rollout-risk"),
    path("<int:pk>/risks/<int:row>/removal/", risk_views.risk_removal, name="rollout-risk-removal"),
    path("<int:pk>/communication/", communication_views.communication, name="rollout-communication"),
    path("<int:pk>/messages/new/", communication_views.message_new, name="rollout-message-new"),
    path("<int:pk>/messages/<int:row>/", communication_views.message, name="rollout-message"),
    path("<int:pk>/messages/<int:row>/removal/", communication_views.message_removal, name="rollout-message-removal"),
    path("<int:pk>/places/new/", communication_views.place_new, name="rollout-place-new"),
    path("<int:pk>/places/<int:row>/", communication_views.place, name="rollout-place"),
    path("<int:pk>/places/<int:row>/removal/", communication_views.place_removal, name="rollout-place-removal"),
    path("<int:pk>/quarters/", quarter_views.quarter_list, name="rollout-quarters"),
    path("<int:pk>/quarters/<int:year>/<int:number>/", quarter_views.quarter, name="rollout-quarter"),
    path(
        "<int:pk>/quarters/<int:year>/<int:number>/freezing/", quarter_views.freezing, name="rollout-quarter-freezing"
    ),
]
