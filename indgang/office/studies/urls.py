from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.studies import packages, results, session, views

_PARTICIPANT = "<int:pk>/participants/<int:participant>"
_TASK = "<int:pk>/tasks/<int:task>"
_ADVICE = "<int:pk>/recommendations/<int:recommendation>"
_QUESTION = "<int:pk>/session/questions/<int:question>"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.studies, name="studies"),
    path("new/", views.new, name="study-new"),
    path("packages/", packages.packages, name="feedback-packages"),
    path("packages/file/", packages.file, name="feedback-packages-file"),
    path("packages/evaluation/", packages.evaluation, name="feedback-evaluation"),
    path("packages/of/<slug:code>/", packages.decision, name="service-packages"),
    path("<int:pk>/", views.study, name="study"),
    path("<int:pk>/plan/", views.plan, name="study-plan"),
    path("<int:pk>/state/", views.state, name="study-state"),
    path("<int:pk>/team/", views.team, name="study-team"),
    path("<int:pk>/team/<int:member>/removal/", views.member_removal, name="study-member-removal"),
    path("<int:pk>/participants/new/", views.participant_new, name="study-participant-new"),
    path(f"{_PARTICIPANT}/", views.participant, name="study-participant"),
    path(f"{_PARTICIPANT}/removal/", views.participant_removal, name="study-participant-removal"),
    path(f"{_PARTICIPANT}/mail/", views.participant_mail, name="study-participant-mail"),
    path("<int:pk>/findings/new/", results.finding_new, name="study-finding-new"),
    path("<int:pk>/findings/<int:finding>/", results.finding, name="study-finding"),
    path("<int:pk>/findings/<int:finding>/removal/", results.finding_removal, name="study-finding-removal"),
    path("<int:pk>/tasks/", results.tasks, name="study-tasks"),
    path(f"{_TASK}/removal/", results.task_removal, name="study-task-removal"),
    path(f"{_TASK}/outcomes/", results.outcome, name="study-outcome"),
    path("<int:pk>/recommendations/new/", results.recommendation_new, name="study-recommendation-new"),
    path(f"{_ADVICE}/", results.recommendation, name="study-recommendation"),
    path(f"{_ADVICE}/removal/", results.recommendation_removal, name="study-recommendation-removal"),
    path(f"{_ADVICE}/verdict/", results.verdict, name="study-verdict"),
    path(f"{_ADVICE}/effect/", results.effect, name="study-effect"),
    path("<int:pk>/session/", session.session, name="crowd-session"),
    path("<int:pk>/session/file/", session.file, name="crowd-session-file"),
    path("<int:pk>/session/beginning/", session.beginning, name="crowd-session-beginning"),
    path("<int:pk>/session/end/", session.end, name="crowd-session-end"),
    path("<int:pk>/session/questions/", session.questions, name="crowd-questions"),
    path(f"{_QUESTION}/removal/", session.question_removal, name="crowd-question-removal"),
    path(f"{_QUESTION}/opening/", session.question_opening, name="crowd-question-opening"),
    path(f"{_QUESTION}/closing/", session.question_closing, name="crowd-question-closing"),
]
