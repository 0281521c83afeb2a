from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.follow_ups import comment_views, improvement_views, setting_views, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("follow-ups/", views.follow_ups, name="follow-ups"),
    path("follow-ups/figures/", views.figures, name="follow-up-figures"),
    path("follow-ups/<int:pk>/", views.follow_up, name="follow-up"),
    path("follow-ups/<int:pk>/owner/", views.owner, name="follow-up-owner"),
    path("follow-up-causes/", setting_views.causes, name="follow-up-causes"),
    path("follow-up-causes/<slug:centre>/", setting_views.cause_new, name="follow-up-cause-new"),
    path("follow-up-causes/<slug:centre>/common/", setting_views.common, name="follow-up-common-causes"),
    path("follow-up-causes/<slug:centre>/<int:pk>/", setting_views.cause, name="follow-up-cause"),
    path("follow-up-rules/", setting_views.rules, name="follow-up-rules"),
    path("follow-up-rules/<slug:code>/", setting_views.rule, name="follow-up-rule"),
    path("improvements/", improvement_views.improvements, name="improvements"),
    path("improvements/new/", improvement_views.new, name="improvement-new"),
    path("improvements/<int:pk>/", improvement_views.improvement, name="improvement"),
    path("improvements/<int:pk>/decision/", improvement_views.decision, name="improvement-decision"),
    path("improvements/<int:pk>/completion/", improvement_views.completion, name="improvement-completion"),
    path("improvements/<int:pk>/removal/", improvement_views.removal, name="improvement-removal"),
    path("comments/", comment_views.comments, name="feedback-comments"),
    path("comments/<int:pk>/tags/", comment_views.tag_new, name="feedback-comment-tags"),
    path("comments/<int:pk>/tags/<int:tag>/", comment_views.tag, name="feedback-comment-tag"),
]
