from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.views import (
    guides,
    knowledge,
    knowledge_editor,
    knowledge_inbox,
    knowledge_keeping,
    knowledge_week,
)

_article = "knowledge/articles/<slug:slug>"
_writing = f"{_article}/draft/<slug:language>"
_wording = f"{_article}/versions/<slug:language>/<int:number>"
_guide = "knowledge/guides/<slug:slug>"
_draft = f"{_guide}/draft/<slug:language>"
_version = f"{_guide}/versions/<slug:language>/<int:number>"

urlpatterns: list[URLPattern | URLResolver] = [
    path("knowledge/", knowledge.article_list, name="articles"),
    path("knowledge/new/", knowledge.article_new, name="article-new"),
    path(f"{_article}/", knowledge.article, name="article"),
    path(f"{_article}/facts/", knowledge.facts, name="article-facts"),
    path(f"{_article}/confirmation/", knowledge.confirmation, name="article-confirmation"),
    path(f"{_article}/withdrawal/", knowledge.withdrawal, name="article-withdrawal"),
    path(f"{_article}/attachments/", knowledge.attachment_list, name="article-attachments"),
    path(f"{_article}/attachments/<int:pk>/", knowledge.attachment, name="article-attachment"),
    path(f"{_article}/attachments/<int:pk>/removal/", knowledge.attachment_removal, name="article-attachment-removal"),
    path(f"{_wording}/", knowledge.version, name="article-version"),
    path(f"{_wording}/recall/", knowledge.version_recall, name="article-version-recall"),
    path(f"{_writing}/", knowledge_editor.draft, name="article-draft"),
    path(f"{_writing}/beginning/", knowledge_editor.draft_begin, name="article-draft-begin"),
    path(f"{_writing}/preview/", knowledge_editor.preview, name="article-preview"),
    path(f"{_writing}/removal/", knowledge_editor.draft_removal, name="article-draft-removal"),
    path("knowledge/inbox/", knowledge_inbox.inbox, name="knowledge-inbox"),
    path("knowledge/approvals/<int:pk>/", knowledge_inbox.approval, name="approval"),
    path("knowledge/approvals/<int:pk>/approval/", knowledge_inbox.approval_yes, name="approval-yes"),
    path("knowledge/approvals/<int:pk>/rejection/", knowledge_inbox.approval_no, name="approval-no"),
    path("knowledge/proposals/<int:pk>/", knowledge_inbox.proposal, name="proposal"),
    path("knowledge/proposals/<int:pk>/draft/", knowledge_inbox.proposal_taken, name="proposal-taken"),
    path("knowledge/proposals/<int:pk>/rejection/", knowledge_inbox.proposal_declined, name="proposal-declined"),
    path("knowledge/tasks/<int:pk>/", knowledge_inbox.task, name="knowledge-task"),
    path("knowledge/tasks/<int:pk>/outcome/", knowledge_inbox.task_outcome, name="knowledge-task-outcome"),
    path("knowledge/tasks/<int:pk>/place/", knowledge_inbox.task_place, name="knowledge-task-place"),
    path("knowledge/tasks/<int:pk>/article/", knowledge_inbox.task_article, name="knowledge-task-article"),
    path("knowledge/week/", knowledge_week.week, name="knowledge-week"),
    path("knowledge/week/behind/", knowledge_week.week_behind, name="knowledge-week-behind"),
    path("knowledge/synonyms/", knowledge_keeping.synonym_list, name="synonyms"),
    path("knowledge/synonyms/<int:pk>/", knowledge_keeping.synonym_group, name="synonym-group"),
    path("knowledge/news/", knowledge_keeping.news_list, name="news"),
    path("knowledge/news/new/", knowledge_keeping.news_new, name="news-new"),
    path("knowledge/news/<int:pk>/", knowledge_keeping.news_item, name="news-item"),
    path("knowledge/news/<int:pk>/end/", knowledge_keeping.news_end, name="news-end"),
    path("knowledge/rules/", knowledge_keeping.rules, name="knowledge-rules"),
    path("knowledge/searches/", knowledge_keeping.searches, name="searches"),
    path("knowledge/guides/", guides.guide_list, name="guides"),
    path(f"{_guide}/", guides.guide, name="guide"),
    path(f"{_guide}/facts/", guides.facts, name="guide-facts"),
    path(f"{_guide}/withdrawal/", guides.withdrawal, name="guide-withdrawal"),
    path(f"{_draft}/", guides.draft, name="guide-draft"),
    path(f"{_draft}/removal/", guides.draft_removal, name="guide-draft-removal"),
    path(f"{_draft}/head/", guides.head, name="guide-head"),
    path(f"{_draft}/approval/", guides.approval, name="guide-approval"),
    path(f"{_draft}/rejection/", guides.rejection, name="guide-rejection"),
    path(f"{_draft}/publication/", guides.publication, name="guide-publication"),
    path(f"{_draft}/steps/", guides.new_step, name="guide-new-step"),
    path(f"{_draft}/steps/<slug:step>/", guides.step, name="guide-step"),
    path(f"{_draft}/steps/<slug:step>/removal/", guides.step_removal, name="guide-step-removal"),
    path(f"{_version}/", guides.version, name="guide-version"),
    path(f"{_version}/rehearsal/", guides.rehearsal, name="guide-rehearsal"),
    path(f"{_version}/file/", guides.guide_file, name="guide-file"),
]
