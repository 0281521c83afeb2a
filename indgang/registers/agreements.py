"""Agreements about reading in case systems: made, changed and ended; which ones hold for a person; and the system that
an agreement is about."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.db import transaction
from django.utils.translation import gettext as _

from indgang.accounts import sealing
from indgang.accounts.access import is_on_the_branch_of
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.audit import trail
from indgang.audit.trail import Actor
from indgang.catalogue import changes, end_days
from indgang.catalogue.models import Service, Unit
from indgang.core.refusals import RefusedChange
from indgang.prepared.query import Query
from indgang.registers import addresses, asking, demo
from indgang.registers.contract import (
    NUMBER,
    SERVICE,
    CaseField,
    CaseSystem,
    RegisterError,
    RegisterFault,
    SearchBy,
    Terms,
)
from indgang.registers.models import CaseAgreement, GivenService
from indgang.registers.rest import RestCases
from indgang.registers.sql_view import SqlViewCases

_PURPOSE = "case_system"
_SSL_MODES = frozenset(("disable", "prefer", "require", "verify-ca", "verify-full"))
_VIEW = re.compile(r"[^\W\d]\w{0,62}(\.[^\W\d]\w{0,62})?")
_ALL: Mapping[str, Service] = {}
#: the longest name of a column in PostgreSQL
_COLUMN = 63


def of(person: Person, day: date) -> list[CaseAgreement]:
    """The agreements in force by which this person may look cases up: those of the units for which they may."""
    places = _PLACES.rows(day=day)
    mine = {key for key, path in places if path and is_on_the_branch_of(person, Permission.LOOK_UP_CASES, path)}
    return list(CaseAgreement.objects.filter(pk__in=mine)) if mine else []


#: which agreements are in force for which units: asked in every call
_PLACES = Query(lambda day: CaseAgreement.objects.valid_on(day).values_list("pk", "units__path"), day=date)


@transaction.atomic
def save(
    agreement: CaseAgreement,
    values: Mapping[str, Any],
    *,
    units: Collection[Unit],
    services: Mapping[str, Service] = _ALL,
    secret: str = "",
    by: Actor,
    at: datetime,
) -> CaseAgreement:
    """Make or change an agreement; an empty `secret` keeps the present one. Raises RefusedChange.

    `services` are those whose cases are given, by the words of the case system; empty gives those of all services.
    The trail says that the secret was changed, not what it is.
    """
    _refuse(values, units, services)
    known = sorted(each.code for each in agreement.units.all()) if agreement.pk else []
    if secret:
        agreement.secret = sealing.seal(secret, _PURPOSE)
    changes.save(agreement, values, by=by, at=at)
    if secret:
        trail.record(by=by, at=at, action="caseagreement.secret", target=agreement)
    _set_units(agreement, known, units, by=by, at=at)
    _set_services(agreement, services, by=by, at=at)
    transaction.on_commit(lambda: asking.forget(key(agreement)))
    return agreement


@transaction.atomic
def end(agreement: CaseAgreement, *, on: date, by: Person, at: datetime) -> None:
    """Let an agreement end on a day, which is not included; one that has not begun by then is removed.

    Raises RefusedChange (field `on`).
    """
    locked = CaseAgreement.objects.select_for_update().get(pk=agreement.pk)
    end_days.refuse(locked, on, at)
    before = {"valid_to": str(locked.valid_to) if locked.valid_to else None}
    trail.record(by=by, at=at, action="caseagreement.end", target=locked, before=before, after={"valid_to": str(on)})
    end_days.apply(locked, on)


def key(agreement: CaseAgreement) -> str:
    """The name of the system for `asking.ask`."""
    return f"case-system-{agreement.pk}"


def system(agreement: CaseAgreement) -> CaseSystem:
    """The system, ready to be asked. Raises RegisterError when its secret cannot be read."""
    if agreement.adapter == CaseAgreement.Adapter.DEMO:
        return demo.DemoCases(terms(agreement))
    if agreement.adapter == CaseAgreement.Adapter.SQL_VIEW:
        return SqlViewCases(terms(agreement))
    return RestCases(terms(agreement))


def terms(agreement: CaseAgreement) -> Terms:
    try:
        secret = sealing.unseal(agreement.secret, _PURPOSE) if agreement.secret else ""
    except sealing.Unsealable as error:
        raise RegisterError(RegisterFault.REFUSED, "the secret was sealed with another key") from error
    return Terms(
        address=agreement.address,
        place=agreement.place,
        secret=secret,
        searches={SearchBy(name): where for name, where in agreement.searches.items()},
        sources=agreement.sources,
        given=frozenset(CaseField(name) for name in agreement.given),
        statuses=agreement.statuses,
        services=frozenset(agreement.given_services.values_list("word", flat=True)) or None,
    )


def _set_units(agreement: CaseAgreement, known: list[str], units: Collection[Unit], *, by: Actor, at: datetime) -> None:
    codes = sorted(each.code for each in units)
    if codes == known:
        return
    agreement.units.set(units)
    trail.record(
        by=by, at=at, action="caseagreement.units", target=agreement, before={"units": known}, after={"units": codes}
    )


def _set_services(agreement: CaseAgreement, services: Mapping[str, Service], *, by: Actor, at: datetime) -> None:
    known = {each.word: each.service.code for each in agreement.given_services.select_related("service")}
    wanted = {word: service.code for word, service in services.items()}
    if wanted == known:
        return
    agreement.given_services.all().delete()
    GivenService.objects.bulk_create(
        GivenService(agreement=agreement, service=service, word=word) for word, service in services.items()
    )
    trail.record(
        by=by, at=at, action="caseagreement.services", target=agreement, before={"services": known},
        after={"services": wanted},
    )  # fmt: skip


def _refuse(values: Mapping[str, Any], units: Collection[Unit], services: Mapping[str, Service]) -> None:
    """Raise RefusedChange for terms by which nothing could be asked."""
    wrong: dict[str, str] = {}
    if not units:
        wrong["units"] = _("Vælg mindst én enhed.")
    if not values["searches"]:
        wrong["searches"] = _("Skriv mindst én måde at finde sager på.")
    wrong |= _wrong_services(values, units, services)
    if values["adapter"] == CaseAgreement.Adapter.DEMO:
        if values["place"] not in {row["system"] for row in demo.table()}:
            wrong["place"] = _("Demoen har intet system med det navn.")
    else:
        wrong |= _wrong_sources(values, services) | _wrong_address(values) | _wrong_names(values)
    if wrong:
        raise RefusedChange(wrong)


def _wrong_services(
    values: Mapping[str, Any], units: Collection[Unit], services: Mapping[str, Service]
) -> dict[str, str]:
    """A unit can only give what is its own."""
    for service in services.values():
        owner = service.unit
        if owner is None or not any(owner.path.startswith(unit.path) for unit in units):
            return {"services": _("%(service)s hører ikke til en af enhederne.") % {"service": service.name}}
    return {}


def _wrong_sources(values: Mapping[str, Any], services: Mapping[str, Service]) -> dict[str, str]:
    needed = (NUMBER, *values["given"], *((SERVICE,) if services else ()))
    missing = [name for name in needed if not values["sources"].get(name)]
    return {f"source_{name}": _("Skriv, hvad feltet hedder i fagsystemet.") for name in missing}


def _wrong_address(values: Mapping[str, Any]) -> dict[str, str]:
    address = values["address"]
    is_sql = values["adapter"] == CaseAgreement.Adapter.SQL_VIEW
    if not addresses.is_allowed(address) or address.startswith("postgresql:") != is_sql:
        return {
            "address": _(
                "Den adresse må fagsystemer ikke læses fra. Den, der driver systemet, bestemmer det i "
                "INDGANG_REGISTER_ADDRESSES."
            )
        }
    options = parse_qs(urlsplit(address).query)
    if is_sql and (options.keys() - {"sslmode"} or not set(options.get("sslmode", [])) <= _SSL_MODES):
        return {"address": _("Efter databasens navn må der kun stå ?sslmode= og en af libpq's værdier.")}
    return {}


def _wrong_names(values: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong with the name of the view and its columns, or with the paths of the searches."""
    if values["adapter"] == CaseAgreement.Adapter.REST:
        return {
            f"search_{name}": _("Skriv {value} der, hvor det, der søges efter, skal stå.")
            for name, path in values["searches"].items()
            if "{value}" not in path and "{national}" not in path
        }
    wrong = {
        f"{kind}_{name}": _("Det er ikke navnet på en kolonne.")
        for kind, names in (("search", values["searches"]), ("source", values["sources"]))
        for name, column in names.items()
        if len(column) > _COLUMN
    }
    if not _VIEW.fullmatch(values["place"]):
        wrong["place"] = _("Skriv visningens navn, for eksempel sager.til_kontaktcenter.")
    return wrong
