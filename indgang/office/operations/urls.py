from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.operations import dial_rules, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("operations/", views.operations, name="operations"),
    path("operations/installation/", views.installation, name="installation"),
    path("operations/trunks/<int:number>/", views.trunk, name="trunk"),
    path("operations/dial-rules/", dial_rules.rules, name="dial-rules"),
    path("operations/dial-rules/<slug:role>/", dial_rules.rule, name="dial-rule"),
    path("operations/dial-rules/<slug:role>/removal/", dial_rules.rule_removal, name="dial-rule-removal"),
    path("operations/alerts/<int:alert>/sight/", views.alert_sight, name="alert-sight"),
    path("operations/dead-letters/<int:number>/", views.dead_letter, name="dead-letter"),
    path("operations/alert-strip/", views.alert_strip, name="alert-strip"),
]
