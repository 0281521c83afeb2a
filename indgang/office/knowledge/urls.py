from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from indgang.office.knowledge.views import articles, editor, inbox, keeping, week

_article = "knowledge/articles/<slug:slug>"
_writing = f"{_article}/draft/<slug:language>"
_wording = f"{_article}/versions/<slug:language>/<int:number>"

urlpatterns: list[URLPattern | URLResolver] = [
    path("knowledge/", articles.article_list, name="articles"),
    path("knowledge/new/", articles.article_new, name="article-new"),
    path(f"{_article}/", articles.article, name="article"),
    path(f"{_article}/facts/", articles.facts, name="article-facts"),
    path(f"{_article}/confirmation/", articles.confirmation, name="article-confirmation"),
    path(f"{_article}/withdrawal/", articles.withdrawal, name="article-withdrawal"),
    path(f"{_article}/attachments/", articles.attachment_list, name="article-attachments"),
    path(f"{_article}/attachments/<int:pk>/", articles.attachment, name="article-attachment"),
    path(f"{_article}/attachments/<int:pk>/removal/", articles.attachment_removal, name="article-attachment-removal"),
    path(f"{_wording}/", articles.version, name="article-version"),
    path(f"{_wording}/recall/", articles.version_recall, name="article-version-recall"),
    path(f"{_writing}/", editor.draft, name="article-draft"),
    path(f"{_writing}/beginning/", editor.draft_begin, name="article-draft-begin"),
    path(f"{_writing}/preview/", editor.preview, name="article-preview"),
    path(f"{_writing}/removal/", editor.draft_removal, name="article-draft-removal"),
    path("knowledge/inbox/", inbox.inbox, name="knowledge-inbox"),
    path("knowledge/approvals/<int:pk>/", inbox.approval, name="approval"),
    path("knowledge/approvals/<int:pk>/approval/", inbox.approval_yes, name="approval-yes"),
    path("knowledge/approvals/<int:pk>/rejection/", inbox.approval_no, name="approval-no"),
    path("knowledge/proposals/<int:pk>/", inbox.proposal, name="proposal"),
    path("knowledge/proposals/<int:pk>/draft/", inbox.proposal_taken, name="proposal-taken"),
    path("knowledge/proposals/<int:pk>/rejection/", inbox.proposal_declined, name="proposal-declined"),
    path("knowledge/tasks/<int:pk>/", inbox.task, name="knowledge-task"),
    path("knowledge/tasks/<int:pk>/outcome/", inbox.task_outcome, name="knowledge-task-outcome"),
    path("knowledge/tasks/<int:pk>/place/", inbox.task_place, name="knowledge-task-place"),
    path("knowledge/tasks/<int:pk>/article/", inbox.task_article, name="knowledge-task-article"),
    path("knowledge/week/", week.week, name="knowledge-week"),
    path("knowledge/week/behind/", week.week_behind, name="knowledge-week-behind"),
    path("knowledge/synonyms/", keeping.synonym_list, name="synonyms"),
    path("knowledge/synonyms/<int:pk>/", keeping.synonym_group, name="synonym-group"),
    path("knowledge/news/", keeping.news_list, name="news"),
    path("knowledge/news/new/", keeping.news_new, name="news-new"),
    path("knowledge/news/<int:pk>/", keeping.news_item, name="news-item"),
    path("knowledge/news/<int:pk>/end/", keeping.news_end, name="news-end"),
    path("knowledge/rules/", keeping.rules, name="knowledge-rules"),
    path("knowledge/searches/", keeping.searches, name="searches"),
    path("knowledge/guides/", include("indgang.office.knowledge.guides.urls")),
]
