from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.cooperation import baselines, kept, together, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.centres, name="cooperations"),
    path("together/", together.agreements, name="cooperations-together"),
    path("centres/<slug:code>/", views.centre, name="centre-cooperation"),
    path("centres/<slug:code>/draft/", views.draft, name="cooperation-new"),
    path("centres/<slug:code>/baselines/", baselines.of_centre, name="centre-baselines"),
    path("centres/<slug:code>/baselines/new/", baselines.new, name="baseline-new"),
    path("baselines/<int:pk>/", baselines.baseline, name="baseline"),
    path("baselines/<int:pk>/days/", baselines.days, name="baseline-days"),
    path("baselines/<int:pk>/days/<int:day>/removal/", baselines.day_removal, name="baseline-day-removal"),
    path("baselines/<int:pk>/settlement/", baselines.settlement, name="baseline-settlement"),
    path("baselines/<int:pk>/removal/", baselines.removal, name="baseline-removal"),
    path("<int:pk>/kept/", kept.agreement, name="cooperation-kept"),
    path("<int:pk>/", views.agreement, name="cooperation"),
    path("<int:pk>/file/", views.file, name="cooperation-file"),
    path("<int:pk>/terms/", views.terms, name="cooperation-terms"),
    path("<int:pk>/estimate/", views.estimate, name="cooperation-estimate"),
    path("<int:pk>/parts/<slug:kind>/", views.part, name="cooperation-part"),
    path("<int:pk>/targets/new/", views.target_new, name="cooperation-target-new"),
    path("<int:pk>/targets/<int:target>/", views.target, name="cooperation-target"),
    path("<int:pk>/targets/<int:target>/removal/", views.target_removal, name="cooperation-target-removal"),
    path("<int:pk>/signature/", views.signature, name="cooperation-signature"),
    path("<int:pk>/removal/", views.removal, name="cooperation-removal"),
    path("<int:pk>/end/", views.end, name="cooperation-end"),
]
