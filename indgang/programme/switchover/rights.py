"""Which switches a person sees and changes, and what a person may choose for one: by the centres."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from indgang.accounts.access import centres_with, everywhere, may_in
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.catalogue.models import DatedQuerySet, Service
from indgang.core import clock
from indgang.correspondence.models import Mailbox
from indgang.entry.models import EntryPoint, Flow
from indgang.feedback.models import ASKED_BY_RULE, AskingRule, Questionnaire
from indgang.knowledge.models import ArticleVersion, Audience
from indgang.programme.switchover.models import Switchover

SEE, EDIT = Permission.SEE_FIGURES, Permission.EDIT_PROGRAMME
#: how callers can be asked after a switch, with its words
WAYS = [choice for choice in AskingRule.Way.choices if choice[0] != AskingRule.Way.IN_TURN]


def seen_by(person: Person) -> QuerySet[Switchover]:
    """Those of the person's centres, the latest first."""
    rows = Switchover.objects.select_related(
        "service", "centre__owner", "centre__schedule", "flow", "leads_to__flow", "leads_to__centre", "questionnaire",
        "mail_to__queue", "mail_to__centre",
        "decided_by", "taken_back_by", "created_by",
    )  # fmt: skip
    return rows if everywhere(person, SEE) else rows.filter(centre__in=centres_with(person, SEE))


def may_change(person: Person, switch: Switchover) -> bool:
    return may_in(person, EDIT, switch.centre)


# --- What a switch can be made of ------------------------------------------------------------------


def offered(person: Person, switch: Switchover | None) -> dict[str, QuerySet[Any]]:
    """The rows that each choice of a switch has, by its name; a switch that is changed keeps its versions."""
    mine = centres(person)
    return {
        "service": services(), "centre": mine, "flow": Flow.objects.filter(centre__in=mine),
        "leads_to": _entry_points(mine), "versions": _versions_in_review(switch),
        "mail_to": mailboxes().filter(centre__in=mine).select_related("queue", "centre"),
        "questionnaire": Questionnaire.objects.filter(kind__in=ASKED_BY_RULE),
    }  # fmt: skip


def centres(person: Person) -> DatedQuerySet:
    """The centres of today that the person prepares switches to."""
    found: DatedQuerySet = centres_with(person, EDIT).valid_on(clock.today())
    return found.select_related("owner", "operator", "schedule")


def services() -> QuerySet[Service]:
    today: QuerySet[Service] = Service.objects.valid_on(clock.today()).order_by("name")
    return today


def _entry_points(mine: DatedQuerySet) -> QuerySet[EntryPoint]:
    """Those of today that old numbers may lead to."""
    today: QuerySet[EntryPoint] = EntryPoint.objects.valid_on(clock.today()).filter(centre__in=mine)
    return today.select_related("flow", "centre").order_by("number")


def mailboxes() -> QuerySet[Mailbox]:
    today: QuerySet[Mailbox] = Mailbox.objects.valid_on(clock.today()).for_mail().order_by("name")
    return today


def _versions_in_review(chosen: Switchover | None) -> QuerySet[ArticleVersion]:
    """Those that wait for approval, and those that the switch has already."""
    waiting = Q(state=ArticleVersion.State.IN_REVIEW)
    if chosen is not None:
        waiting |= Q(pk__in=chosen.versions.values("pk"))
    rows = ArticleVersion.objects.filter(waiting).exclude(article__audience=Audience.UNIT)
    return rows.select_related("article").order_by("title")
