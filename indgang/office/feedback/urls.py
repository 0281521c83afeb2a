from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.feedback import earlier, opt_outs, people, questionnaires, results, rules, spoken

urlpatterns: list[URLPattern | URLResolver] = [
    path("", results.results, name="feedback"),
    path("people/", people.people, name="feedback-people"),
    path("earlier/", earlier.earlier, name="feedback-earlier"),
    path("earlier/import/", earlier.earlier_import, name="feedback-earlier-import"),
    path("spoken/", spoken.spoken, name="spoken-comments"),
    path("spoken/<int:pk>/", spoken.spoken_comment, name="spoken-comment"),
    path("spoken/<int:pk>/listening/", spoken.listening, name="spoken-comment-listening"),
    path("spoken/<int:pk>/sound/<int:look>/", spoken.sound, name="spoken-comment-sound"),
    path("spoken/<int:pk>/words/", spoken.words, name="spoken-comment-words"),
    path("spoken/<int:pk>/unusable/", spoken.unusable, name="spoken-comment-unusable"),
    path("opt-outs/", opt_outs.opt_outs, name="opt-outs"),
    path("rules/", rules.rules, name="asking-rules"),
    path("rules/new/", rules.new, name="asking-rule-new"),
    path("rules/<int:pk>/", rules.change, name="asking-rule"),
    path("rules/<int:pk>/end/", rules.end, name="asking-rule-end"),
    path("questionnaires/", questionnaires.lists, name="questionnaires"),
    path("questionnaires/presets/", questionnaires.presets, name="questionnaire-presets"),
    path("questionnaires/<slug:code>/", questionnaires.questionnaire, name="questionnaire"),
    path("questionnaires/<slug:code>/draft/", questionnaires.draft, name="questionnaire-draft"),
    path("questionnaires/<slug:code>/publication/", questionnaires.publication, name="questionnaire-publication"),
]
