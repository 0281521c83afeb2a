from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.mailboxes import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.mailboxes, name="mailboxes"),
    path("new/", views.mailbox_new, name="mailbox-new"),
    path("<slug:code>/", views.mailbox, name="mailbox"),
    path("<slug:code>/trial/", views.trial, name="mailbox-trial"),
    path("<slug:code>/end/", views.mailbox_end, name="mailbox-end"),
    path("<slug:code>/rules/new/", views.rule_new, name="mailbox-rule-new"),
    path("<slug:code>/rules/<int:pk>/", views.rule, name="mailbox-rule"),
    path("<slug:code>/rules/<int:pk>/move/", views.rule_move, name="mailbox-rule-move"),
    path("<slug:code>/rules/<int:pk>/end/", views.rule_end, name="mailbox-rule-end"),
]
