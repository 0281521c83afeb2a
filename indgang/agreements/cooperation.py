"""Cooperation agreements are drafted by either party, signed by both, and succeeded by a new version."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from indgang.accounts import two_parties
from indgang.accounts.access import may
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.agreements import baselines, document, printing
from indgang.agreements.models import AgreementPart, AgreementTarget, CooperationAgreement
from indgang.agreements.words import price_of
from indgang.audit import trail
from indgang.catalogue import changes, planned_days
from indgang.catalogue.models import ContactCentre, Unit, not_ended
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.measures import definitions, without_contacts
from indgang.measures.priced_days import PRICED

#: a first day further ahead is taken for a typing error
MOST_YEARS_AHEAD = 5
#: what a new version takes over from the one before it
_COPIED = ("enquiries_a_year", "full_time")


@transaction.atomic
def draft(
    centre: ContactCentre, *, valid_from: date, owner: Person, operator: Person, by: Person, at: datetime
) -> CooperationAgreement:
    """A new draft, with parts, targets and price of the version that is in force on its first day.

    Raises RefusedChange for a day that has passed or is too far ahead, for signatories who may not sign, and while the
    centre has a draft.
    """
    planned_days.refuse_day(valid_from, at, years=MOST_YEARS_AHEAD)
    ContactCentre.objects.select_for_update(no_key=True).get(pk=centre.pk)
    if CooperationAgreement.objects.drafts().filter(centre=centre).exists():
        raise RefusedChange({"": _("Centret har allerede en kladde. Skriv videre på den, eller kassér den først.")})
    _refuse_signatories({"owner": (owner, centre.owner), "operator": (operator, centre.operator)})
    before = two_parties.in_force(CooperationAgreement, centre, valid_from)
    values: dict[str, Any] = {
        "centre": centre, "valid_from": valid_from, "owner": owner, "operator": operator, "owner_unit": centre.owner,
        "operator_unit": centre.operator,
    }  # fmt: skip
    if before is not None:
        values |= {name: getattr(before, name) for name in _COPIED} | _price_left(before, valid_from)
    made = changes.save(CooperationAgreement(), values, by=by, at=at)
    if before is not None:
        _copy(before, made)
    return made


@transaction.atomic
def save(
    agreement: CooperationAgreement, values: Mapping[str, Any], *, by: Person, at: datetime
) -> CooperationAgreement:
    """Change first day, signatories, price or staffing of a draft. Earlier signatures are withdrawn.

    Raises RefusedChange by field.
    """
    locked = two_parties.locked_draft(agreement)
    if values.get("valid_from", locked.valid_from) != locked.valid_from:
        planned_days.refuse_day(values["valid_from"], at, years=MOST_YEARS_AHEAD)
    owner, operator = values.get("owner", locked.owner), values.get("operator", locked.operator)
    _refuse_signatories({"owner": (owner, locked.owner_unit), "operator": (operator, locked.operator_unit)})
    _refuse_price_from(values.get("price_from", locked.price_from), values.get("valid_from", locked.valid_from))
    changes.save(locked, values, by=by, at=at)
    _take_versions_of(locked)
    two_parties.touch(locked)
    return locked


@transaction.atomic
def write_part(agreement: CooperationAgreement, kind: str, text: str, *, by: Person, at: datetime) -> None:
    """Write one of the six parts of a draft; an empty text removes it.

    Raises RefusedChange for a signed agreement, and for signs that its PDF cannot show.
    """
    if odd := printing.unprintable(text):
        raise RefusedChange({"text": _("Tegnene %(signs)s kan ikke stå i aftalen. Fjern dem.") % {"signs": odd}})
    locked = two_parties.locked_draft(agreement)
    row = locked.parts.filter(kind=kind).first() or AgreementPart(agreement=locked, kind=kind)
    if text == row.text:
        return
    if text:
        changes.save(row, {"agreement": locked, "kind": kind, "text": text}, by=by, at=at)
    else:
        trail.record(by=by, at=at, action="agreementpart.remove", target=row, before={"text": row.text})
        row.delete()
    two_parties.touch(locked)


@transaction.atomic
def save_target(target: AgreementTarget, values: Mapping[str, Any], *, by: Person, at: datetime) -> AgreementTarget:
    """Add or change a target of a draft. It names the version of the KPI that holds on the agreement's first day.

    Raises RefusedChange, by field, for an unknown KPI, for a target that stands already, for an impossible value, and
    for a baseline that measured too little.
    """
    locked = two_parties.locked_draft(target.agreement)
    wanted = dict(values)
    try:
        kpi = definitions.definition(wanted["kpi"], on=locked.valid_from)
    except LookupError as error:
        raise RefusedChange({"kpi": _("Nøgletallet findes ikke. Vælg et andet.")}) from error
    _refuse_target(target, wanted, kpi, locked)
    wanted |= {"agreement": locked, "version": kpi.version, "is_per_day": True}
    saved = changes.save(target, wanted, by=by, at=at)
    _refuse_baseline(saved)
    two_parties.touch(locked)
    return saved


@transaction.atomic
def adopt(
    agreement: CooperationAgreement, values: Mapping[str, Any], *, family: Collection[str], by: Person, at: datetime
) -> AgreementTarget:
    """Let a variant of a figure be the target of a draft, in place of its target on another variant of the `family`.

    The agreement in force stays as it is, and so do figures of the past. Raises as `save_target`.
    """
    locked = two_parties.locked_draft(agreement)
    same = locked.targets.filter(kpi__in=family, level=values["level"], service=None, channel="", is_floor=False)
    found = same.filter(kpi=values["kpi"]).first() or same.first() or AgreementTarget(agreement=locked)
    for row in same.exclude(pk=found.pk):
        remove_target(row, by=by, at=at)
    wanted = {"service": None, "channel": "", "is_floor": False, "baseline": None} | dict(values)
    return save_target(found, wanted, by=by, at=at)


@transaction.atomic
def remove_target(target: AgreementTarget, *, by: Person, at: datetime) -> None:
    """Take a target out of a draft. Raises RefusedChange for a signed agreement."""
    locked = two_parties.locked_draft(target.agreement)
    trail.record(by=by, at=at, action="agreementtarget.remove", target=target, before={"target": str(target)})
    target.delete()
    two_parties.touch(locked)


@transaction.atomic
def sign(agreement: CooperationAgreement, *, revision: int, by: Person, at: datetime) -> CooperationAgreement:
    """Sign for the owner or the operator; the second signature puts the version in force, and its PDF is stored.

    Raises as `two_parties.sign`, and RefusedChange for anybody else and for a draft with `problems`.
    """
    signed = two_parties.sign(agreement, revision=revision, check=partial(_refuse_signature, by=by), by=by, at=at)
    if signed.is_signed:
        document.keep(signed)
    return signed


def follow_centres(rows: Sequence[models.Model], by: trail.Actor, at: datetime) -> None:
    """Listener: an agreement does not hold for a centre that has got another owner or operator. It ends with the
    change; one that has not begun is removed, and one that began today lasts the day out."""
    for centre in rows:
        if isinstance(centre, ContactCentre):
            for agreement in _of_former_parties(centre, day_of(at)):
                last = day_of(at) + timedelta(days=agreement.valid_from == day_of(at))
                two_parties.end(agreement, on=last, by=by, at=at)


def _of_former_parties(centre: ContactCentre, today: date) -> list[CooperationAgreement]:
    """The signed agreements that hold or are to hold, the latest first, between others than the centre's parties."""
    signed = CooperationAgreement.objects.signed().filter(not_ended(today), centre=centre)
    return list(signed.exclude(owner_unit=centre.owner_id, operator_unit=centre.operator_id).order_by("-valid_from"))


def end(agreement: CooperationAgreement, *, on: date, by: Person, at: datetime) -> bool:
    """As `two_parties.end`."""
    return two_parties.end(agreement, on=on, by=by, at=at)


def discard(agreement: CooperationAgreement, *, by: Person, at: datetime) -> None:
    """As `two_parties.discard`."""
    two_parties.discard(agreement, by=by, at=at)


def problems(agreement: CooperationAgreement) -> Iterator[str]:
    """Why the draft cannot be signed: a part that nobody has written, no target, no price."""
    written = set(agreement.parts.values_list("kind", flat=True))
    for kind in AgreementPart.Kind:
        if kind not in written:
            yield _("Der står ikke noget under %(part)s.") % {"part": kind.label}
    if not agreement.targets.exists():
        yield _("Aftalen har ingen mål.")
    if agreement.price is None or not agreement.enquiries_a_year or agreement.full_time is None:
        yield _("Pris, årsværk eller antal henvendelser mangler.")


def may_sign_for(person: Person, unit: Unit) -> bool:
    """Whether the person may sign when this unit is a party."""
    return may(person, Permission.SIGN_COOPERATION, unit)


def _refuse_signatories(signs: Mapping[str, tuple[Person, Unit]]) -> None:
    """`signs`: for each party who signs, and for which unit."""
    if signs["owner"][0] == signs["operator"][0]:
        raise RefusedChange({"operator": _("Vælg en anden end ejerens: aftalen er mellem to parter.")})
    for party, (person, unit) in signs.items():
        if not may_sign_for(person, unit):
            raise RefusedChange({party: _("Personen må ikke underskrive for den part.")})


def _refuse_signature(agreement: CooperationAgreement, by: Person) -> None:
    parties = agreement.parties_of(by.pk)
    if not parties or not all(may_sign_for(by, getattr(agreement, f"{party}_unit")) for party in parties):
        raise RefusedChange({"": _("Kun de to, der er nævnt som ejer og operatør, kan underskrive aftalen.")})
    found = next(problems(agreement), None)
    if found is not None:
        raise RefusedChange({"": found})


def _refuse_target(
    target: AgreementTarget, values: Mapping[str, Any], kpi: definitions.Definition, agreement: CooperationAgreement
) -> None:
    if values["is_floor"] and (values.get("service") or values["aim"] != _aim_of_floor(kpi)):
        raise RefusedChange(
            {"is_floor": _("Et bundniveau gælder hver ydelse for sig: vælg ingen ydelse, og en grænse.")}
        )
    if values.get("within") is not None and not kpi.has_promise:
        raise RefusedChange({"within": _("Kun et serviceniveau regnes med et løfte i sekunder. Lad feltet stå tomt.")})
    if kpi.code in PRICED:
        _refuse_part_of_price(values)
    elif values.get("channel") and not kpi.has_contacts:
        raise RefusedChange({"channel": f"{without_contacts.why(kpi.code)} {_('Vælg alle kanaler.')}"})
    is_share = kpi.unit == "percent" or values["aim"] in (AgreementTarget.Aim.UP, AgreementTarget.Aim.DOWN)
    if is_share and values["value"] > 100:
        raise RefusedChange({"value": _("Skriv et tal mellem 0 og 100 procent.")})
    same = agreement.targets.filter(
        kpi=kpi.code, level=values["level"], service=values.get("service"), channel=values.get("channel", ""),
        is_floor=values["is_floor"],
    )  # fmt: skip
    if same.exclude(pk=target.pk).exists():
        raise RefusedChange({"kpi": _("Aftalen har allerede et mål for det nøgletal. Ret det i stedet.")})


def _refuse_part_of_price(values: Mapping[str, Any]) -> None:
    """The price is the centre's: channels bear a share of it, levels and services do not."""
    if values["level"] != AgreementTarget.Level.BOTH:
        raise RefusedChange({"level": _("Prisen er hele centrets. Vælg begge niveauer.")})
    if values.get("service") is not None or values["is_floor"]:
        raise RefusedChange({"service": _("Prisen er hele centrets. Vælg ingen ydelse og intet bundniveau.")})


def _refuse_baseline(target: AgreementTarget) -> None:
    """After the target is written, so that its figure can be kept with it; a refusal takes both back."""
    if target.baseline is None:
        return
    if target.is_floor:
        raise RefusedChange({"baseline": _("Et bundniveau hviler ikke på et udgangspunkt.")})
    if target.baseline.settled_at is None or target.baseline.centre_id != target.agreement.centre_id:
        raise RefusedChange({"baseline": _("Vælg et udgangspunkt, der er fastlagt for kontaktcentret.")})
    figure = baselines.measure(target)
    if figure is not None and not figure.is_enough:
        raise RefusedChange({"baseline": baselines.too_little(figure)})


def _aim_of_floor(kpi: definitions.Definition) -> str:
    lower = kpi.direction == definitions.Direction.LOWER
    return AgreementTarget.Aim.AT_MOST if lower else AgreementTarget.Aim.AT_LEAST


def _refuse_price_from(price_from: date | None, valid_from: date) -> None:
    if price_from is not None and price_from > valid_from:
        raise RefusedChange({"price_from": _("Årene kan ikke regnes fra en dag efter aftalens første dag.")})


def _price_left(before: CooperationAgreement, valid_from: date) -> dict[str, Any]:
    """The price in force on the first day of the new version: a fall happens once, whoever writes a new version."""
    if before.price is None:
        return {}
    left = price_of(before).renewed(before.price_began, valid_from)
    return {
        "price": left.a_year, "price_falls_percent": left.falls_percent,
        "price_falls_after_years": left.falls_after_years,
        "price_from": before.price_began if left.falls_percent else None,
    }  # fmt: skip


def _take_versions_of(agreement: CooperationAgreement) -> None:
    """Let each target name the version of its KPI that holds on the first day."""
    for row in agreement.targets.all():
        row.version = definitions.definition(row.kpi, on=agreement.valid_from).version
        row.save(update_fields=["version"])
        baselines.measure(row)


def _copy(before: CooperationAgreement, made: CooperationAgreement) -> None:
    rows: list[AgreementPart | AgreementTarget] = [*before.parts.all(), *before.targets.all()]
    for row in rows:
        row.pk, row.agreement, row._state.adding = None, made, True
        row.save(force_insert=True)
    _take_versions_of(made)
