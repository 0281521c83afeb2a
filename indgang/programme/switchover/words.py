"""A switch in words: its parts, what was found, and why it was not carried out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from indgang.entry.models import Flow
from indgang.programme.switchover.change import PartKind, Plan, PlannedChange, SwitchPart
from indgang.programme.switchover.findings import FindingCode, SwitchFinding
from indgang.programme.switchover.parts import article, feedback, flow, number, table
from indgang.programme.switchover.parts.place import SwitchPlace

KINDS: dict[PartKind, str | Promise] = {
    PartKind.FLOW: gettext_lazy("Opkaldsforløb"),
    PartKind.NUMBER: gettext_lazy("Gammelt nummer"),
    PartKind.MAIL: gettext_lazy("Gammel mailadresse"),
    PartKind.ARTICLE: gettext_lazy("Side med viden"),
    PartKind.CONTACT: gettext_lazy("Kontakt på hjemmesiden"),
    PartKind.FEEDBACK: gettext_lazy("Feedback"),
    PartKind.TARGETS: gettext_lazy("Mål i aftalen"),
}

_FINDINGS: dict[FindingCode, str | Promise] = {
    FindingCode.NOTHING: gettext_lazy("Skiftet ændrer ikke noget. Vælg, hvad der skal ændres."),
    FindingCode.NO_DRAFT: gettext_lazy("Forløbet %(value)s har ingen kladde. Skriv den nye version som en kladde."),
    FindingCode.CANNOT_RUN: gettext_lazy("Kladden til %(value)s kan ikke udgives. Åbn forløbet, og ret fejlene."),
    FindingCode.NO_ENTRY: gettext_lazy("Nummeret %(value)s er ikke en indgang hos os. Opret det under Indgange."),
    FindingCode.NOWHERE: gettext_lazy("Vælg den indgang, som de gamle numre skal føre til."),
    FindingCode.NO_MAILBOX: gettext_lazy(
        "Adressen %(value)s er ikke en postkasse, vi henter mails fra. Opret den under Fællespostkasser."
    ),
    FindingCode.MAILBOX_ENDED: gettext_lazy("Postkassen %(value)s bruges ikke mere den dag. Vælg en anden."),
    FindingCode.MAIL_RULES: gettext_lazy("En regel i postkassen lægger stadig mails i en anden kø. %(value)s"),
    FindingCode.NOT_IN_REVIEW: gettext_lazy("Artiklen “%(value)s” er ikke sendt til godkendelse."),
    FindingCode.OTHER_APPROVER: gettext_lazy("Artiklen “%(value)s” skal godkendes af en anden end dig."),
    FindingCode.CANNOT_UNPUBLISH: gettext_lazy(
        "Artiklen “%(value)s” har ingen udgivet tekst på det sprog, så den kan ikke tages tilbage alene. "
        "Udgiv den først."
    ),
    FindingCode.NEVER_PUBLISHED: gettext_lazy(
        "Forløbet %(value)s har aldrig været udgivet, så skiftet kan ikke tages tilbage. Udgiv en første version."
    ),
    FindingCode.CANNOT_ASK: gettext_lazy("Der kan ikke spørges sådan om tilfredshed. %(value)s"),
    FindingCode.CHECK_FLOW: gettext_lazy("Kladden til %(value)s har advarsler. Se dem på forløbets side."),
    FindingCode.CENTRE_CLOSED: gettext_lazy("%(value)s har lukket den dag."),
    FindingCode.NO_ARTICLE: gettext_lazy("Vidensbasen har ingen udgivet artikel om ydelsen den dag."),
    FindingCode.NO_AGREEMENT: gettext_lazy("Ingen underskrevet samarbejdsaftale gælder for %(value)s den dag."),
    FindingCode.NO_TARGET: gettext_lazy("Samarbejdsaftalen har ingen mål for ydelsen."),
    FindingCode.OTHER_DAY: gettext_lazy("I udrulningsplanen flytter ydelsen en anden dag: %(value)s."),
    FindingCode.NOT_READY: gettext_lazy("Enheden er ikke klar. %(value)s"),
    FindingCode.NOT_ASKED: gettext_lazy("Ingen regel spørger dem, der ringer om ydelsen."),
}


@dataclass(frozen=True, slots=True)
class ChangeInWords:
    """A change as people read it; what holds is read at the moment of the rehearsal."""

    kind: str
    what: str
    before: str
    after: str


def finding_sentence(found: SwitchFinding) -> str:
    return str(_FINDINGS[found.code]) % {"value": found.value}


def in_words(changes: Plan, place: SwitchPlace) -> list[ChangeInWords]:
    return [
        ChangeInWords(
            str(KINDS[each.part.kind]), part_words(each.part, place), table.words(each.part, each.before, place),
            table.words(each.part, each.after, place),
        )
        for each in changes
    ]  # fmt: skip


def part_words(part: SwitchPart, place: SwitchPlace) -> str:
    """What the part is called."""
    match part.kind:
        case PartKind.FLOW:
            return Flow.objects.get(code=part.name).name
        case PartKind.NUMBER:
            return number.shown(part.name)
        case PartKind.MAIL:
            return part.name
        case PartKind.ARTICLE:
            return article.shown(part.name)
        case PartKind.FEEDBACK:
            return feedback.shown(part.name)
        case PartKind.TARGETS:
            return place.centre.name
        case PartKind.CONTACT:
            return place.service.name


def moved_sentence(moved: Iterable[PlannedChange], place: SwitchPlace) -> str:
    """Why a decided switch is not carried out: what somebody has changed, what it is now, and who did."""
    told = (
        _("%(kind)s “%(what)s” er ændret imens: nu %(now)s%(who)s.") % {
            "kind": KINDS[each.part.kind], "what": part_words(each.part, place), "who": _by(each.part, place),
            "now": table.words(each.part, table.present([each.part], place)[each.part], place),
        }
        for each in moved
    )  # fmt: skip
    return " ".join(told)


def changed_sentence(changed: Iterable[SwitchPart], place: SwitchPlace) -> str:
    """Why it is not carried out: what it was to bring is not any more what was decided."""
    told = (
        _("%(kind)s “%(what)s”: det, der skulle tages i brug, er ændret, siden skiftet blev besluttet.")
        % {"kind": KINDS[each.kind], "what": part_words(each, place)}
        for each in changed
    )
    return " ".join(told)


def late_words(late: timedelta) -> str:
    minutes = int(late.total_seconds() // 60)
    if minutes < 120:
        return ngettext("%(n)s minut for sent", "%(n)s minutter for sent", minutes) % {"n": minutes}
    hours = minutes // 60
    return ngettext("%(n)s time for sent", "%(n)s timer for sent", hours) % {"n": hours}


def _by(part: SwitchPart, place: SwitchPlace) -> str:
    who = ""
    if part.kind is PartKind.FLOW:
        who = flow.who_changed(part.name)
    elif part.kind is PartKind.ARTICLE:
        who = article.who_changed(part.name, place)
    return f" ({who})" if who else ""
