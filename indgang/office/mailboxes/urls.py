from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.mailboxes import secure_views, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.mailboxes, name="mailboxes"),
    path("new/", views.mailbox_new, name="mailbox-new"),
    path("secure-post/new/", secure_views.mailbox_new, name="secure-mailbox-new"),
    path("secure-post/<slug:code>/", secure_views.mailbox, name="secure-mailbox"),
    path("secure-post/<slug:code>/trial/", secure_views.trial, name="secure-mailbox-trial"),
    path("secure-post/<slug:code>/end/", secure_views.mailbox_end, name="secure-mailbox-end"),
    path("<slug:code>/", views.mailbox, name="mailbox"),
    path("<slug:code>/trial/", views.trial, name="mailbox-trial"),
    path("<slug:code>/end/", views.mailbox_end, name="mailbox-end"),
    path("<slug:code>/rules/new/", views.rule_new, name="mailbox-rule-new"),
    path("<slug:code>/rules/<int:pk>/", views.rule, name="mailbox-rule"),
    path("<slug:code>/rules/<int:pk>/move/", views.rule_move, name="mailbox-rule-move"),
    path("<slug:code>/rules/<int:pk>/end/", views.rule_end, name="mailbox-rule-end"),
]
