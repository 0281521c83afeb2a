from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.staffing import pause_reasons, skills

urlpatterns: list[URLPattern | URLResolver] = [
    path("skills/", skills.skill_list, name="skills"),
    path("skills/new/", skills.skill_new, name="skill-new"),
    path("skills/<int:pk>/", skills.skill, name="skill"),
    path("skills/<int:pk>/removal/", skills.skill_removal, name="skill-removal"),
    path("pause-reasons/", pause_reasons.reason_list, name="pause-reasons"),
    path("pause-reasons/new/", pause_reasons.reason_new, name="pause-reason-new"),
    path("pause-reasons/<int:pk>/", pause_reasons.reason, name="pause-reason"),
    path("pause-reasons/<int:pk>/removal/", pause_reasons.reason_removal, name="pause-reason-removal"),
]
