"""A switch is prepared, decided by somebody with the rights to all that it changes, or called off."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from indgang.accounts.access import everywhere, may
from indgang.accounts.models import Person
from indgang.accounts.permissions import SENTENCES, Permission
from indgang.audit import trail
from indgang.catalogue import planned_days
from indgang.catalogue.models import Unit
from indgang.core.clock import COPENHAGEN
from indgang.core.refusals import RefusedChange
from indgang.correspondence.models import Mailbox
from indgang.programme.switchover import change, findings, listing, rehearsing, words
from indgang.programme.switchover.change import Plan
from indgang.programme.switchover.models import Switchover
from indgang.programme.switchover.parts import table

State = Switchover.State
#: what somebody prepares; `versions` beside them
FIELDS = (
    "service", "centre", "planned_at", "flow", "numbers", "leads_to", "addresses", "mail_to", "ends_contact",
    "questionnaire", "way", "share", "starts_targets",
)  # fmt: skip


def make(values: Mapping[str, Any], *, by: Person, at: datetime) -> Switchover:
    """A switch to prepare. Raises RefusedChange, by field."""
    switch = Switchover(created_by=by, created_at=at)
    return _write(switch, values, "switchover.create", by=by, at=at)


@transaction.atomic
def edit(
    switch: Switchover, values: Mapping[str, Any], *, by: Person, at: datetime, revision: str | None = None
) -> Switchover:
    """`revision` is that of what was read (`listing.revision`); None where the caller compares. Raises RefusedChange,
    by field, once it is decided, and when something else is prepared by now."""
    locked = locked_switch(switch)
    _refuse_unless_open(locked)
    if revision is not None and revision != listing.revision(locked):
        raise RefusedChange({"revision": _("Skiftet er ændret, siden siden blev vist. Læs ændringerne igen.")})
    return _write(locked, values, "switchover.edit", by=by, at=at)


@transaction.atomic
def decide(switch: Switchover, *, seen: str, reason: str, by: Person, at: datetime) -> Switchover:
    """Let the worker carry it out at its time. `seen` is the rehearsal that was read (`RehearsedSwitch.seen`).

    Raises RefusedChange when something forbids it, when its time has passed, when the rehearsal says something else by
    now, without a reason in spite of findings, and for somebody who may not change all of it.
    """
    locked = locked_switch(switch)
    _refuse_unless_open(locked)
    if locked.planned_at <= at:
        raise RefusedChange({"": _("Tidspunktet er passeret. Vælg et nyt.")})
    rehearsed = rehearsing.rehearse(locked, by=by, at=at)
    if rehearsed.is_blocked:
        said = " ".join(words.finding_sentence(each) for each in rehearsed.findings if each.blocks)
        raise RefusedChange({"": said})
    if rehearsed.seen != seen:
        raise RefusedChange({"": _("Skiftet er ændret, siden siden blev vist. Læs ændringerne igen.")})
    if findings.needs_reason(rehearsed.findings) and not reason:
        raise RefusedChange({"reason": _("Skriv, hvorfor skiftet skal ske, selv om der er bemærkninger.")})
    refuse_right(locked, rehearsed.plan, by)
    locked.state, locked.reason, locked.stopped = State.DECIDED, reason, ""
    locked.decided_by, locked.decided_at, locked.changes = by, at, change.as_data(rehearsed.plan)
    locked.save()
    trail.record(
        by=by, at=at, action="switchover.decide", target=locked, after={"planned_at": _moment(locked.planned_at)},
        why=reason,
    )  # fmt: skip
    return locked


@transaction.atomic
def call_off(switch: Switchover, *, seen: str, by: Person, at: datetime) -> Switchover:
    """A decided switch is prepared again; one that is prepared is given up. `seen` is the state that was read.

    Raises RefusedChange for one that is over, and for one that is in another state by now.
    """
    locked = locked_switch(switch)
    if locked.state != seen:
        said = _("Skiftet er nu “%(state)s”. Læs siden igen.") % {"state": locked.get_state_display().lower()}
        raise RefusedChange({"": said})
    if locked.state == State.DECIDED:
        locked.state = State.PLANNED
    else:
        _refuse_unless_open(locked)
        locked.state = State.CALLED_OFF
    locked.save(update_fields=["state"])
    trail.record(by=by, at=at, action="switchover.call_off", target=locked)
    return locked


def refuse_right(switch: Switchover, plan: Plan, by: Person) -> None:
    """Raise RefusedChange for somebody who may not change all that the plan changes, in this centre and wherever else
    a part of it belongs."""
    place = table.place_of(switch, switch.planned_at)
    needed: list[tuple[Permission, Unit | None]] = [(Permission.EDIT_PROGRAMME, switch.centre.owner)]
    needed += [(table.RIGHTS[each.part.kind], unit) for each in plan for unit in table.owners(each, place)]
    missing = [(right, unit) for right, unit in dict.fromkeys(needed) if not _has(by, right, unit)]
    if missing:
        rights = "; ".join(
            f"{SENTENCES[right]} ({unit.name if unit else _('hele kommunen')})" for right, unit in missing
        )
        raise RefusedChange({"": _("Du mangler rettigheder til at beslutte skiftet: %(rights)s.") % {"rights": rights}})


def _has(by: Person, right: Permission, unit: Unit | None) -> bool:
    return everywhere(by, right) if unit is None else may(by, right, unit)


def locked_switch(switch: Switchover) -> Switchover:
    """As it is stored now, and nobody else changes it until the transaction ends."""
    rows = Switchover.objects.select_for_update(of=("self",)).select_related(
        "service__unit", "centre__owner", "centre__schedule", "flow", "leads_to__flow", "leads_to__centre",
        "mail_to__queue", "mail_to__centre", "questionnaire", "decided_by",
    )  # fmt: skip
    return rows.get(pk=switch.pk)


def _write(
    switch: Switchover, values: Mapping[str, Any], action: str, *, by: Person, at: datetime
) -> Switchover:  # fmt: skip
    planned_days.refuse_moment(values["planned_at"], at, field="planned_at")
    if values["numbers"] and values["leads_to"] is None:
        raise RefusedChange({"leads_to": _("Vælg den indgang, som de gamle numre skal føre til.")})
    if values["leads_to"] is not None and values["leads_to"].centre_id != values["centre"].pk:
        raise RefusedChange({"leads_to": _("Vælg en indgang, der hører til skiftets kontaktcenter.")})
    if values["leads_to"] is not None and values["leads_to"].number in values["numbers"]:
        raise RefusedChange({"numbers": _("Et nummer kan ikke føre til sig selv.")})
    _refuse_addresses(values)
    for name in FIELDS:
        setattr(switch, name, values[name])
    try:
        with transaction.atomic():
            switch.save()
            switch.versions.set(values["versions"])
            trail.record(by=by, at=at, action=action, target=switch, after=_facts(switch, values["versions"]))
    except IntegrityError as error:
        said = _("Der er allerede et skift af ydelsen, som ikke er gennemført.")
        raise RefusedChange({"service": said}) from error
    return switch


def _refuse_addresses(values: Mapping[str, Any]) -> None:
    mail_to: Mailbox | None = values["mail_to"]
    if values["addresses"] and mail_to is None:
        raise RefusedChange({"mail_to": _("Vælg den postkasse, hvis kø mails til de gamle adresser skal komme i.")})
    if mail_to is not None and mail_to.centre_id != values["centre"].pk:
        raise RefusedChange({"mail_to": _("Vælg en postkasse, der hører til skiftets kontaktcenter.")})
    if mail_to is not None and mail_to.address.lower() in values["addresses"]:
        raise RefusedChange({"addresses": _("En adresse kan ikke føre til sig selv.")})


def _refuse_unless_open(switch: Switchover) -> None:
    if not switch.is_open:
        said = _("Skiftet er “%(state)s” og kan ikke ændres.") % {"state": switch.get_state_display().lower()}
        raise RefusedChange({"": said})


def _facts(switch: Switchover, versions: Iterable[Any]) -> dict[str, Any]:
    return {
        "service": switch.service.name, "centre": switch.centre.name, "planned_at": _moment(switch.planned_at),
        "flow": switch.flow.name if switch.flow else "", "numbers": ", ".join(switch.numbers),
        "addresses": ", ".join(switch.addresses), "versions": ", ".join(str(each) for each in versions),
        "ends_contact": switch.ends_contact,
        "questionnaire": str(switch.questionnaire or ""), "share": switch.share,
        "starts_targets": switch.starts_targets,
    }  # fmt: skip


def _moment(at: datetime) -> str:
    return f"{at.astimezone(COPENHAGEN):%d.%m.%Y %H.%M}"
