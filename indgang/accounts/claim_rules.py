"""Which roles the groups of a provider give: a table that administrators maintain."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from indgang.accounts.models import ClaimRule
from indgang.accounts.roles import ROLES
from indgang.audit import trail
from indgang.catalogue import collisions, end_days
from indgang.catalogue.models import Unit
from indgang.core.refusals import RefusedChange

#: in the table, stands for everybody at the provider, whatever their groups are
EVERYBODY = "*"


@dataclass(frozen=True, slots=True)
class Grant:
    """A role that groups give for a unit (None: the whole municipality) until a day (None: until further notice)."""

    role: str
    unit: Unit | None
    valid_to: date | None

    @property
    def place(self) -> tuple[str, int | None]:
        return self.role, self.unit.pk if self.unit else None


def grants(provider: str, groups: Collection[str], on: date) -> list[Grant]:
    """What these groups give on that day. A role that two groups give lasts until the later of the two ends."""
    rules = ClaimRule.objects.valid_on(on).filter(provider=provider, value__in=[*groups, EVERYBODY], role__in=ROLES)
    found: dict[tuple[str, int | None], Grant] = {}
    for rule in rules.select_related("unit"):
        grant = Grant(rule.role, rule.unit, rule.valid_to)
        known = found.get(grant.place)
        if known is None or (known.valid_to and (grant.valid_to is None or grant.valid_to > known.valid_to)):
            found[grant.place] = grant
    return list(found.values())


@transaction.atomic
def add(
    *,
    provider: str,
    value: str,
    role: str,
    unit: Unit | None,
    valid_from: date,
    valid_to: date | None = None,
    by: trail.Actor,
    at: datetime,
) -> ClaimRule:
    """Add a line to the table. It takes effect at each person's next sign-in. Raises RefusedChange when the line
    exists."""
    has_it = {"accounts_claimrule_once": ("value", _("Gruppen giver allerede rollen for enheden i den tid."))}
    with collisions.refused_in_words(RefusedChange, has_it, in_turn=True):
        rule = ClaimRule.objects.create(
            provider=provider, value=value, role=ROLES[role].code, unit=unit, valid_from=valid_from, valid_to=valid_to
        )
    trail.record(by=by, at=at, action="claim_rule.add", target=rule, after=_plain(rule))
    return rule


@transaction.atomic
def end(rule: ClaimRule, *, on: date, by: trail.Actor, at: datetime) -> None:
    """End a line on a day (the day itself not included). A line that has not begun by then is deleted.

    Raises RefusedChange for a day that has passed, and for a day after the one on which it ends anyway.
    """
    rule = ClaimRule.objects.select_for_update(of=("self",)).select_related("unit").get(pk=rule.pk)
    end_days.refuse(rule, on, at)
    before = _plain(rule)
    after = before | {"valid_to": on} if on > rule.valid_from else {}
    trail.record(by=by, at=at, action="claim_rule.end", target=rule, before=before, after=after)
    end_days.apply(rule, on)


def _plain(rule: ClaimRule) -> dict[str, object]:
    unit = rule.unit.code if rule.unit else None
    fields = ("provider", "value", "role", "valid_from", "valid_to")
    return {field: getattr(rule, field) for field in fields} | {"unit": unit}
