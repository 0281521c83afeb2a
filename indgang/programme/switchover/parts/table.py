"""All kinds of parts together: what holds now, what a switch wants, and what to do for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from indgang.accounts.permissions import Permission
from indgang.catalogue.models import ContactCentre, Unit
from indgang.entry.models import Flow
from indgang.entry.setup import flow_versions
from indgang.programme.switchover.change import PartKind, Plan, PlannedChange, SwitchPart
from indgang.programme.switchover.models import Switchover
from indgang.programme.switchover.parts import article, contact, feedback, flow, mail, number, targets
from indgang.programme.switchover.parts.place import Switcher, SwitchPlace


@dataclass(frozen=True, slots=True)
class _Handler:
    present: Callable[[str, SwitchPlace], str]
    put: Callable[[str, str, SwitchPlace, Switcher], None]
    lock: Callable[[str], None]
    words: Callable[[str, str, SwitchPlace], str]


_HANDLERS = {
    PartKind.FLOW: _Handler(flow.present, flow.put, flow.lock, flow.words),
    PartKind.NUMBER: _Handler(number.present, number.put, number.lock, number.words),
    PartKind.MAIL: _Handler(mail.present, mail.put, mail.lock, mail.words),
    PartKind.ARTICLE: _Handler(article.present, article.put, article.lock, article.words),
    PartKind.CONTACT: _Handler(contact.present, contact.put, contact.lock, contact.words),
    PartKind.FEEDBACK: _Handler(feedback.present, feedback.put, feedback.lock, feedback.words),
    PartKind.TARGETS: _Handler(targets.present, targets.put, targets.lock, targets.words),
}

#: what a person needs where the part belongs (`owners`) to decide a switch that changes it, beside EDIT_PROGRAMME
RIGHTS: dict[PartKind, Permission] = {
    PartKind.FLOW: Permission.PUBLISH_FLOWS,
    PartKind.NUMBER: Permission.PUBLISH_FLOWS,
    PartKind.MAIL: Permission.SET_MAILBOXES,
    PartKind.ARTICLE: Permission.APPROVE_KNOWLEDGE,
    PartKind.CONTACT: Permission.EDIT_CATALOGUE,
    PartKind.FEEDBACK: Permission.SET_FEEDBACK,
    PartKind.TARGETS: Permission.EDIT_PROGRAMME,
}


def owners(change: PlannedChange, place: SwitchPlace) -> list[Unit | None]:
    """To whom the part belongs: a number to the centres that it leads to before and after. None: nobody in particular,
    so that a right for the whole municipality is needed."""
    match change.part.kind:
        case PartKind.FLOW:
            return [Flow.objects.select_related("centre__owner").get(code=change.part.name).centre.owner]
        case PartKind.NUMBER:
            codes = {number.centre_of(value) for value in (change.before, change.after) if value}
            return [each.owner for each in ContactCentre.objects.filter(code__in=codes).select_related("owner")]
        case PartKind.MAIL:
            return [None]
        case PartKind.CONTACT:
            return [place.service.unit]
        case _:
            return [place.centre.owner]


def on_day(plan: Plan, place: SwitchPlace) -> Plan:
    """The plan without what has ended by itself: a contact whose last day is over is shown no more."""
    return tuple(
        PlannedChange(each.part, contact.on_day(each.before, place), contact.on_day(each.after, place))
        if each.part.kind is PartKind.CONTACT
        else each
        for each in plan
    )


def place_of(switch: Switchover, at: datetime) -> SwitchPlace:
    return SwitchPlace(switch.service, switch.centre, switch.leads_to, at, switch.mail_to)


def present(parts: Iterable[SwitchPart], place: SwitchPlace) -> dict[SwitchPart, str]:
    """What holds at the moment of the place."""
    return {part: _HANDLERS[part.kind].present(part.name, place) for part in parts}


def wanted(switch: Switchover, place: SwitchPlace) -> dict[SwitchPart, str]:
    """What the switch lets hold. What cannot be found (a draft that nobody has written) is left out."""
    found: dict[SwitchPart, str] = {}
    draft = flow_versions.draft_of(switch.flow) if switch.flow else None
    if switch.flow and draft:
        found[SwitchPart(PartKind.FLOW, switch.flow.code)] = flow.value_of(draft)
    if switch.leads_to is not None and switch.leads_to.valid_on(place.day):
        for each in switch.numbers:
            found[SwitchPart(PartKind.NUMBER, each)] = number.wanted(each, place)
    if switch.mail_to is not None and switch.mail_to.valid_on(place.day):
        for each in switch.addresses:
            found[SwitchPart(PartKind.MAIL, each)] = mail.wanted(place)
    for version in switch.versions.select_related("article"):
        found[SwitchPart(PartKind.ARTICLE, article.name_of(version))] = article.value_of(version)
    if switch.ends_contact:
        found[SwitchPart(PartKind.CONTACT, switch.service.code)] = ""
    if switch.questionnaire is not None:
        asked = feedback.wanted(switch.way, switch.share)
        found[SwitchPart(PartKind.FEEDBACK, switch.questionnaire.code)] = asked
    if switch.starts_targets:
        found[SwitchPart(PartKind.TARGETS, switch.centre.code)] = targets.STARTED
    return found


def lock(changes: Iterable[PlannedChange]) -> None:
    """Let nobody else change these until the transaction ends; in one order, so that two switches do not wait for each
    other."""
    for part in sorted((each.part for each in changes), key=lambda part: (part.kind, part.name)):
        _HANDLERS[part.kind].lock(part.name)


def put(change: PlannedChange, place: SwitchPlace, who: Switcher) -> None:
    """Let what the change wants hold. Raises RefusedChange."""
    _HANDLERS[change.part.kind].put(change.part.name, change.after, place, who)


def words(part: SwitchPart, value: str, place: SwitchPlace) -> str:
    """The value for people."""
    return _HANDLERS[part.kind].words(part.name, value, place)
