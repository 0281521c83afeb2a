"""Personal data in the knowledge base: authors, callers' questions, and subscribers."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from indgang.privacy.kinds import Basis, Holding, PersonalData, cover, declare

cover(
    "staff",
    "knowledge.Article.owner", "knowledge.Article.approver", "knowledge.ArticleVersion.created_by",
    "knowledge.ArticleVersion.decided_by", "knowledge.Attachment.content", "knowledge.Attachment.added_by",
    "knowledge.Task.raised_by", "knowledge.Task.owner", "knowledge.Task.done_by", "knowledge.Guide.owner",
    "knowledge.GuideVersion.created_by", "knowledge.GuideVersion.published_by", "knowledge.GuideVersion.submitted_by",
    "knowledge.News.written_by", "knowledge.SynonymGroup.changed_by",
    # a colleague's entry; the answers that callers got belong to their enquiry
    "knowledge.SearchDocument.title", "knowledge.SearchDocument.text", "knowledge.SearchWord.word",
    "knowledge.SearchWord.written", "knowledge.SearchWord.grams", "knowledge.SearchPosting.lexeme",
    "knowledge.SearchTerm.lexeme",
)  # fmt: skip

TASKS = declare(
    PersonalData(
        name="knowledge_tasks",
        title=_("Spørgsmål, der manglede et svar"),
        whose=_("Den, der ringer eller henvender sig"),
        purpose=_("At skrive det svar, der manglede"),
        basis=Basis.PUBLIC_TASK,
        since=_("opgaven blev løst"),
        days=183,
        holdings=(
            Holding(
                table="knowledge_task", since="done_at", left="held.question <> ''", free="held.done_at IS NOT NULL",
                scrubs=("UPDATE knowledge_task SET question = '' WHERE id = ANY(%(keys)s)",),
                subject="held.enquiry = ANY(%(enquiries)s)",
                exports={"meldt": "held.raised_at", "spørgsmål": "held.question"},
            ),
        ),
    ),
    "knowledge.Task.question",
)  # fmt: skip

SEARCHES = declare(
    PersonalData(
        name="searches",
        title=_("Søgninger"),
        whose=_("Den, der søger"),
        purpose=_("At se, hvad der bliver søgt efter og ikke fundet"),
        basis=Basis.PUBLIC_TASK,
        since=_("søgningen"),
        days=396,  # thirteen months, so that a month can be compared with the same month last year
        holdings=(
            Holding(
                table="knowledge_search", since="at", by_time=True,
                scrubs=("DELETE FROM knowledge_search WHERE id = ANY(%(keys)s)",),
            ),
        ),
    ),
    "knowledge.Search.asked",
)  # fmt: skip

SUBSCRIPTIONS = declare(
    PersonalData(
        name="subscriptions",
        title=_("Nyhedsbrevets modtagere"),
        whose=_("Modtagere af nyhedsbrevet"),
        purpose=_("At sende nyheder om de emner, de har valgt"),
        basis=Basis.CONSENT,
        keeps=_("Til de afmelder sig. Adresser, der ikke er bekræftet, slettes efter syv dage."),
        holdings=(
            Holding(
                table="knowledge_subscription", since="asked_at",
                scrubs=("DELETE FROM knowledge_subscription_services WHERE subscription_id = ANY(%(keys)s)",
                        "DELETE FROM knowledge_subscription WHERE id = ANY(%(keys)s)"),
                subject="lower(held.email) = ANY(%(emails)s)",
                exports={"e-mail": "held.email", "bekræftet": "held.confirmed_at"},
            ),
        ),
    ),
    "knowledge.Subscription.email", "knowledge.Subscription.token",
)  # fmt: skip
