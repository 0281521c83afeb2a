"""Who sets mailboxes up: a mailbox and its password belong to the whole municipality."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404

from indgang.accounts.access import everywhere
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.catalogue.models import not_ended
from indgang.core import clock
from indgang.correspondence.models import Mailbox, RoutingRule
from indgang.ui.missing import not_found


def mailboxes(person: Person) -> QuerySet[Mailbox]:
    """All mailboxes. Raises Http404 for somebody whose permission does not cover the whole municipality."""
    if not everywhere(person, Permission.SET_MAILBOXES):
        raise Http404
    found: QuerySet[Mailbox] = Mailbox.objects.select_related("queue", "centre", "state").order_by("name")
    return found


def mailbox(person: Person, code: str) -> Mailbox:
    """A mailbox of either kind."""
    found = mailboxes(person).filter(code=code).first()
    if found is None:
        raise Http404
    return found


def mail_mailbox(person: Person, code: str) -> Mailbox:
    return _of_kind(mailbox(person, code), is_secure_post=False)


def secure_mailbox(person: Person, code: str) -> Mailbox:
    return _of_kind(mailbox(person, code), is_secure_post=True)


def _of_kind(found: Mailbox, *, is_secure_post: bool) -> Mailbox:
    if found.is_secure_post != is_secure_post:
        raise Http404
    return found


def rules_to_come(mailbox: Mailbox) -> list[RoutingRule]:
    """The rules that hold or will hold, in their order."""
    has_not_ended = not_ended(clock.today())
    return list(mailbox.rules.filter(has_not_ended).select_related("queue").order_by("order", "pk"))


def rule(person: Person, code: str, pk: int) -> RoutingRule:
    found: RoutingRule | None = mailbox(person, code).rules.select_related("mailbox", "queue").filter(pk=pk).first()
    if found is None:
        raise not_found(RoutingRule, pk)
    return found
