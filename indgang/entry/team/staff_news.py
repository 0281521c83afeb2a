"""News for staff: written with an end, for whom it concerns, and marked as read by each of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from indgang.accounts.models import Person, RoleAssignment
from indgang.audit import trail
from indgang.core.clock import day_of
from indgang.core.masking import mask_cpr
from indgang.core.refusals import RefusedChange
from indgang.entry.models import QueueMembership, StaffNews, StaffNewsRead
from indgang.entry.models.staff_news import DESK_ROLES
from indgang.live import stale
from indgang.workforce.models import Competence

LONGEST_TITLE, LONGEST_TEXT = 200, 5_000
FIELDS = ("title", "text", "unit", "centre", "skill", "must_read", "shown_from", "shown_until")


class ReadMarks(NamedTuple):
    """Who has read the present edition, with the time, and who has not; both by name."""

    read: list[StaffNewsRead]
    unread: list[Person]


@transaction.atomic
def write(
    news: StaffNews | None, fields: Mapping[str, Any], *, read_again: bool = False, by: Person, at: datetime
) -> StaffNews:
    """Save a piece of news; without `news`, a new one. `fields` holds FIELDS. With `read_again` the earlier read marks
    no longer count. CPR numbers are masked. Raises RefusedChange, by field, and when somebody has taken it away."""
    if news is not None:
        news = _present(news)
    before = trail.values_of(news, FIELDS) if news else {}
    news = news or StaffNews(written_by=by, written_at=at)
    texts = {
        "title": mask_cpr(" ".join(fields["title"].split())),
        "text": mask_cpr(fields["text"].replace("\x00", "").strip()),
    }
    values = {name: texts.get(name, fields.get(name)) for name in FIELDS}
    _refuse_bad(values, at)
    for name, value in values.items():
        setattr(news, name, value)
    news.edition += bool(before and read_again)
    news.save()
    trail.record(
        action="staff_news.change" if before else "staff_news.create", target=news, by=by, at=at, before=before,
        after=trail.values_of(news, FIELDS),
    )  # fmt: skip
    stale.mark("all/news")
    return news


def _present(news: StaffNews) -> StaffNews:
    """The row as it is now, locked. Raises RefusedChange when it was never shown and has been taken away."""
    found = StaffNews.objects.select_for_update(of=("self",)).filter(pk=news.pk).first()
    if found is None:
        raise RefusedChange({"": _("Nyheden er fjernet imens.")})
    return found


@transaction.atomic
def end(news: StaffNews, *, by: Person, at: datetime) -> None:
    """Show it no longer. A piece that was never shown is deleted; one that has ended stays as it is."""
    news = StaffNews.objects.select_for_update(of=("self",)).get(pk=news.pk)
    before = trail.values_of(news, FIELDS)
    if news.shown_from >= at:
        trail.record(action="staff_news.remove", target=news, by=by, at=at, before=before)
        news.delete()
    elif news.shown_until > at:
        news.shown_until = at
        news.save(update_fields=["shown_until"])
        trail.record(
            action="staff_news.end", target=news, by=by, at=at, before=before, after=trail.values_of(news, FIELDS)
        )
    stale.mark("all/news")


@transaction.atomic
def mark_read(news: StaffNews, *, edition: int, by: Person, at: datetime) -> None:
    """`by` has read that edition, which their page showed; a mark for a later one stays."""
    news = StaffNews.objects.select_for_update(of=("self",)).get(pk=news.pk)
    shown = min(edition, news.edition)
    mark, _is_new = StaffNewsRead.objects.get_or_create(
        news=news, person=by, defaults={"edition": shown, "read_at": at}
    )
    if mark.edition < shown:
        mark.edition, mark.read_at = shown, at
        mark.save(update_fields=["edition", "read_at"])
    stale.mark(f"person-{by.pk}/news")


def recipients(news: StaffNews, day: date) -> QuerySet[Person]:
    """The people for whom it is on that day: those with a desk who have a role in the unit or serve one of its queues,
    or serve a queue of the centre; with a skill, those of them who have it."""
    roles = RoleAssignment.objects.valid_on(day).filter(person=OuterRef("pk"), role__in=DESK_ROLES)
    serves = QueueMembership.objects.serving_on(day).filter(person=OuterRef("pk"))
    found: QuerySet[Person] = Person.objects.filter(Exists(roles), is_active=True)
    if news.unit:
        path = news.unit.path
        within = Q(Exists(roles.filter(unit__path__startswith=path)))
        found = found.filter(within | Q(Exists(serves.filter(queue__unit__path__startswith=path))))
    if news.centre_id:
        found = found.filter(Exists(serves.filter(queue__centre=news.centre_id)))
    if news.skill_id:
        has = Competence.objects.valid_on(day).filter(person=OuterRef("pk"), skill=news.skill_id)
        found = found.filter(Exists(has))
    return found


def read_marks(news: StaffNews, at: datetime) -> ReadMarks:
    """The marks of everybody who has read it, also of those for whom it is no longer, and the recipients without."""
    read = list(news.reads.filter(edition=news.edition).select_related("person").order_by("person__name"))
    day = day_of(min(at, news.shown_until))
    unread = recipients(news, day).exclude(pk__in=[mark.person_id for mark in read]).order_by("name")
    return ReadMarks(read, list(unread))


def unread_count(news: StaffNews, at: datetime) -> int:
    """How many of the recipients have not read the present edition."""
    has_read = news.reads.filter(edition=news.edition, person=OuterRef("pk"))
    return recipients(news, day_of(min(at, news.shown_until))).exclude(Exists(has_read)).count()


def _refuse_bad(values: Mapping[str, Any], at: datetime) -> None:
    wrong: dict[str, str] = {}
    for name, most in (("title", LONGEST_TITLE), ("text", LONGEST_TEXT)):
        if not values[name]:
            wrong[name] = _("Udfyld feltet.")
        elif len(values[name]) > most:
            wrong[name] = _("Skriv højst %(most)s tegn.") % {"most": most}
    if values["unit"] and values["centre"]:
        wrong["centre"] = _("Vælg en enhed eller et kontaktcenter, ikke begge.")
    if values["shown_until"] <= values["shown_from"]:
        wrong["shown_until"] = _("Slutningen skal ligge efter begyndelsen.")
    elif values["shown_until"] <= at:
        wrong["shown_until"] = _("Sluttidspunktet er passeret.")
    if wrong:
        raise RefusedChange(wrong)
