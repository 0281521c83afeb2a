from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.sign_on import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("sign-on/", views.sign_on, name="sign-on"),
    path("sign-on/tried/", views.sign_on_tried, name="sign-on-tried"),
    path("sign-on/break-glass/", views.break_glass_new, name="break-glass-new"),
    path("sign-on/roles/<slug:role>/", views.sign_on_role, name="sign-on-role"),
    path("sign-on/rules/<int:pk>/end/", views.claim_rule_end, name="claim-rule-end"),
]
