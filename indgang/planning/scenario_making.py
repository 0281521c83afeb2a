"""Makes what-ifs from a centre of the documents, or from measured days: for the page, the API and the command."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date, datetime

from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.catalogue.models import ContactCentre
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.entry.models import Queue
from indgang.planning import (
    assumptions,
    bases,
    flow_drafts,
    played_staffing,
    scenario_exchange,
    scenarios,
    targets,
)
from indgang.planning.models import Scenario
from indgang.planning.scenario_exchange import AskedChanges
from indgang.planning.scenarios import ScenarioOrigin
from indgang.staffing.need import ServiceTarget
from indgang.staffing.presets import PRESETS

#: codes of the centres of the documents
SHIPPED = (bases.ONE_NUMBER, *PRESETS)
#: days that a scenario is measured on
MOST_DAYS = 400
_NOTHING = AskedChanges()


def make_shipped(
    name: str, code: str, *, asked: AskedChanges = _NOTHING, is_simulated: bool = False, note: str = "", by: Person,
    at: datetime,
) -> Scenario:  # fmt: skip
    """From a centre of the documents (`SHIPPED`), with what is asked for beside its first changes. What the formulas
    cannot tell is simulated. Raises RefusedChange for changes that do not fit the centre."""
    base = bases.shipped(code, assumptions.on(day_of(at)))
    changes = scenario_exchange.changed(base, bases.first_changes(code), asked)
    return scenarios.make(
        name, base, ScenarioOrigin(code), centre=None, changes=changes, is_simulated=is_simulated, note=note, by=by,
        at=at,
    )  # fmt: skip


def make_measured(
    name: str, centres: Sequence[ContactCentre], first: date | None, last: date | None, *,
    target: ServiceTarget | None = None, asked: AskedChanges = _NOTHING, is_simulated: bool = False, note: str = "",
    by: Person, at: datetime,
) -> Scenario:  # fmt: skip
    """From the calls of the centres' queues in these days; both included. Without a `target`, that of the queues. The
    rest is as for `make_shipped`.

    Raises RefusedChange for days that cannot be measured, when the queues do not have one target, and for changes.
    """
    today = day_of(at)
    first, last = _days(first, last, today)
    queues = _queues(centres, today)
    centre = centres[0] if len(centres) == 1 else None
    counted = target or targets.common_target(queues, today)
    if queues and counted is None:
        raise RefusedChange({"in_time": _("Køerne har ikke samme mål. Skriv det mål, scenariet skal regne med.")})
    decided = assumptions.on(today, centre)
    found = bases.measured(queues, first, last, target=counted, decided=decided) if counted else None
    if found is None:
        raise RefusedChange({"first": _("Der er ingen opkald i de dage.")})
    fits = {code: asdict(each) for code, each in found.calibrated.fits.items()}
    promises_all = () if target else targets.that_promise_all(queues, today)
    flows = flow_drafts.of_base(found.base, today, is_measured=True)
    changes = scenario_exchange.changed(found.base, bases.first_changes(bases.MEASURED), asked, flows)
    base = played_staffing.fitted(replace(found.base, promises_all=promises_all))
    return scenarios.make(
        name, base, ScenarioOrigin(bases.MEASURED, first, last, fits), centre=centre, changes=changes,
        is_simulated=is_simulated, note=note, by=by, at=at,
    )  # fmt: skip


def _days(first: date | None, last: date | None, today: date) -> tuple[date, date]:
    if first is None or last is None:
        raise RefusedChange({"last" if first else "first": _("Vælg både en første og en sidste dag.")})
    if last < first:
        raise RefusedChange({"last": _("Den sidste dag må ikke ligge før den første.")})
    if last >= today:
        raise RefusedChange({"last": _("Vælg en dag, der er forbi.")})
    if (last - first).days >= MOST_DAYS:
        raise RefusedChange({"last": _("Vælg højst %(days)s dage.") % {"days": MOST_DAYS}})
    return first, last


def _queues(centres: Sequence[ContactCentre], today: date) -> list[Queue]:
    """The queues of today for calls."""
    rows = Queue.objects.valid_on(today).filter(centre__in=centres, work=Queue.Work.CALL)
    return list(rows.select_related("centre").order_by("centre__name", "name"))
