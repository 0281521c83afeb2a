"""Addresses of the desk: nouns; the HTTP method is the verb."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.desk.views import caller, home, knowledge, marking, own_day, registration, return_calls, telephone

app_name = "desk"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("session/", home.session, name="session"),
    *(path(f"{noun}/", telephone.order, {"noun": noun}, name=noun) for noun in telephone.ORDERS),
    path("phone/", telephone.phone, name="phone"),
    path("phone/<str:leg>/", telephone.phone_leg, name="phone-leg"),
    path("targets/", telephone.transfer_targets, name="targets"),
    path("personal-waits/<uuid:pk>/", telephone.personal_wait, name="personal-wait"),
    path("enquiries/", registration.by_hand, name="by-hand"),
    path("registration/", registration.empty, name="no-registration"),
    path("registration/<uuid:pk>/", registration.sheet, name="registration"),
    path("draft/<uuid:pk>/", registration.draft, name="draft"),
    path("question/", registration.question, name="question"),
    path("question/<int:pk>/", registration.correction, name="correction"),
    path("services/", registration.services, name="services"),
    path("purposes/", registration.purposes, name="purposes"),
    path("caller/<uuid:pk>/", caller.caller, name="caller"),
    path("caller/<uuid:pk>/parties/", caller.found_parties, name="found-parties"),
    path("caller/<uuid:pk>/new-party/", caller.new_party, name="new-party"),
    path("caller/<uuid:pk>/party/<int:party_pk>/", caller.party, name="party"),
    path("caller/<uuid:pk>/protection/", caller.protection, name="party-protection"),
    path("parties/<int:pk>/name/", caller.name, name="party-name"),
    path("return-calls/<int:pk>/assignment/", return_calls.assignment, name="return-call-assignment"),
    path("return-calls/<int:pk>/call/", return_calls.call, name="return-call-call"),
    path("return-calls/<int:pk>/closure/", return_calls.closure, name="return-call-closure"),
    path("return-calls/<int:pk>/queue/", return_calls.queue, name="return-call-queue"),
    path("promised-calls/<uuid:pk>/", return_calls.promised_call, name="promised-call"),
    path("return-calls/<int:pk>/recording/", return_calls.recording, name="return-call-recording"),
    path("day/", own_day.day, name="own-day"),
    path("day/reading/", own_day.reading, name="own-day-reading"),
    path("day/shortcut/", own_day.shortcut, name="own-day-shortcut"),
    path("day/presence/", own_day.presence, name="own-day-presence"),
    path("day/calendar/", own_day.calendar, name="own-day-calendar"),
    path("day/<int:pk>/removal/", own_day.note, name="own-day-removal"),
    path("knowledge/", knowledge.knowledge, name="knowledge"),
    path("knowledge/searches/", knowledge.searches, name="knowledge-searches"),
    path("knowledge/tasks/", marking.marks, name="knowledge-tasks"),
    path("knowledge/articles/<slug:slug>/", knowledge.article, name="article"),
    path("knowledge/articles/<slug:slug>/files/<str:name>", knowledge.article_file, name="article-file"),
    path("knowledge/articles/<slug:slug>/proposals/", marking.proposals, name="article-proposals"),
    path("knowledge/articles/<slug:slug>/uses/<uuid:pk>/", marking.use, name="article-use"),
    path("knowledge/guides/<slug:slug>/", knowledge.guide, name="guide"),
    path("knowledge/services/<slug:code>/", knowledge.service, name="service"),
    path("knowledge/units/<slug:code>/", knowledge.unit, name="unit"),
    path("knowledge/people/<int:pk>/", knowledge.directory_entry, name="directory-entry"),
    path("knowledge/answers/<int:pk>/", knowledge.answer, name="answer"),
    path("question/<int:pk>/article/", marking.articles_of, name="question-article"),
]
