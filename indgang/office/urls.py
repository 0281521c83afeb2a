from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

app_name = "office"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("indgang.office.getting_started.urls")),
    path("", include("indgang.office.mail.urls")),
    path("", include("indgang.office.simulated_sms.urls")),
    path("", include("indgang.office.simulated_post.urls")),
    path("", include("indgang.office.public_site.urls")),
    path("", include("indgang.office.team.urls")),
    path("", include("indgang.office.flows.urls")),
    path("", include("indgang.office.queues.urls")),
    path("", include("indgang.office.recordings.urls")),
    path("", include("indgang.office.serving.urls")),
    path("", include("indgang.office.rotas.urls")),
    path("", include("indgang.office.settlement.urls")),
    path("", include("indgang.office.staffing.urls")),
    path("", include("indgang.office.staff_news.urls")),
    path("", include("indgang.office.elsewhere.urls")),
    path("", include("indgang.office.tables.urls")),
    path("", include("indgang.office.prompts.urls")),
    path("", include("indgang.office.greetings.urls")),
    path("", include("indgang.office.people.urls")),
    path("", include("indgang.office.sign_on.urls")),
    path("", include("indgang.office.catalogue.urls")),
    path("availability/", include("indgang.office.availability.urls")),
    path("cooperation/", include("indgang.office.cooperation.urls")),
    path("handovers/", include("indgang.office.handovers.urls")),
    path("mailboxes/", include("indgang.office.mailboxes.urls")),
    path("reply-texts/", include("indgang.office.reply_texts.urls")),
    path("case-systems/", include("indgang.office.case_systems.urls")),
    path("", include("indgang.office.audit.urls")),
    path("", include("indgang.office.privacy.urls")),
    path("", include("indgang.office.operations.urls")),
    path("", include("indgang.office.knowledge.urls")),
    path("", include("indgang.office.online_forms.urls")),
]
