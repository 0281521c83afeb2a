"""The administrator's policy for knowledge: how small a small edit is, and how often articles are reviewed."""

from __future__ import annotations

from datetime import date, datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.core.refusals import RefusedChange
from indgang.knowledge.changes import record_change
from indgang.knowledge.models import Policy

#: with a higher limit, approval would be a formality
MOST_SMALL_CHARACTERS = 2_000
MOST_REVIEW_MONTHS = 60


def on(day: date) -> Policy:
    """The policy in force on a day; when there is none, an unsaved one with the defaults."""
    stored: Policy | None = Policy.objects.valid_on(day).order_by("-valid_from").first()
    return stored or Policy()


def next_review(day: date) -> date:
    """The next review after one on `day`; the 31st becomes the last day of a shorter month."""
    years, month = divmod(day.month - 1 + on(day).review_months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(day.year + years, month + 1, last)
        except ValueError:
            continue
    raise AssertionError("every month has a 28th")


@transaction.atomic
def decide(*, small_edit_characters: int, review_months: int, valid_from: date, by: Person, at: datetime) -> Policy:
    """Set the policy from a day on, and end the one before on that day. Raises RefusedChange, by field."""
    _refuse(small_edit_characters, review_months)
    with connection.cursor() as cursor:  # one decision at a time
        cursor.execute("LOCK TABLE knowledge_policy IN SHARE ROW EXCLUSIVE MODE")
    before = on(valid_from)
    if Policy.objects.filter(valid_from__gt=valid_from).exists():
        raise RefusedChange({"valid_from": _("Der er allerede regler fra en senere dato.")})
    Policy.objects.filter(valid_from=valid_from).delete()
    Policy.objects.filter(valid_from__lt=valid_from, valid_to__isnull=True).update(valid_to=valid_from)
    made = Policy.objects.create(
        small_edit_characters=small_edit_characters, review_months=review_months, valid_from=valid_from
    )
    record_change("knowledge_rules.change", made, by=by, at=at, before=_values(before), after=_values(made))
    return made


def _refuse(small_edit_characters: int, review_months: int) -> None:
    if not 0 <= small_edit_characters <= MOST_SMALL_CHARACTERS:
        text = _("Skriv et tal fra 0 til %(most)s.") % {"most": MOST_SMALL_CHARACTERS}
        raise RefusedChange({"small_edit_characters": text})
    if not 1 <= review_months <= MOST_REVIEW_MONTHS:
        raise RefusedChange({"review_months": _("Skriv et tal fra 1 til %(most)s.") % {"most": MOST_REVIEW_MONTHS}})


def _values(policy: Policy) -> dict[str, int]:
    return {
        "small_edit_characters": policy.small_edit_characters,
        "review_months": policy.review_months,
    }
