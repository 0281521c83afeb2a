"""Hands what a what-if computed to a business case: a new one, or a set of values in one that is there.

Each assumption names the scenario, the computation and its day as its source. FTE have the interval that comes from how
much the measured days differ.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.core import yaml_values
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.planning import scenarios
from indgang.planning.models import ScenarioRun
from indgang.planning.scenarios import StaffingEstimate
from indgang.programme import begun_cases, own_cases
from indgang.programme.cases.case import Assumption, BusinessCase
from indgang.programme.models import OwnCase, ScenarioInCase

#: the assumption that is what the changes alone add; all others of the unit are FTE as they are or become
CHANGE = "fte_change"
_UNIT = "årsværk"


def hand_over(run: ScenarioRun, code: str, assumption: str, *, by: Person, at: datetime) -> OwnCase:
    """Give the numbers of a run to an assumption of the case with this code; without a code, to a new case. Raises
    RefusedChange, as below, also when there is no such case."""
    if not code:
        return make_case(run, by=by, at=at)
    own = OwnCase.objects.filter(code=code).first()
    if own is None:
        raise RefusedChange({"case": _("Der er intet investeringsforslag, der hedder %(code)s.") % {"code": code}})
    return add_values(run, own, assumption, by=by, at=at)


@transaction.atomic
def make_case(run: ScenarioRun, *, by: Person, at: datetime) -> OwnCase:
    """A new case of the staffing of a run. Raises RefusedChange, as below, also when the run has a case already."""
    found = scenarios.estimate(run)
    with translation.override("da"):
        text, reason = case_text(found, day_of(at).year), _reason(found)
    made = own_cases.begin(text, reason=reason, by=by, at=at)
    ScenarioInCase.objects.create(case=made, run=run, version=1)
    return made


@transaction.atomic
def add_values(run: ScenarioRun, own: OwnCase, assumption: str, *, by: Person, at: datetime) -> OwnCase:
    """The next version of a case, in which a scenario of the case has the FTE of the run for one assumption. Raises
    RefusedChange for an assumption that is not in FTE, and for a case that has the numbers already."""
    found, locked = scenarios.estimate(run), own_cases.lock(own)
    text = own_cases.latest_of(locked).text
    given = dict(own_cases.values_of(text))
    if assumption not in given.get("assumptions", {}):
        raise RefusedChange({"assumption": _("Forslaget har ikke den forudsætning mere. Vælg en anden.")})
    if assumption not in [each.name for each in takes(own_cases.read(text))]:
        raise RefusedChange({"assumption": _("Den forudsætning er ikke i årsværk. Vælg en anden.")})
    with translation.override("da"):
        values, reason = _values(found, assumption), _reason(found)
    if any(each.get("code") == values["code"] for each in given.get("scenarios", [])):
        raise RefusedChange({"case": _("Forslaget har allerede tallene fra den beregning.")})
    given["scenarios"] = [*given.get("scenarios", []), values]
    made = own_cases.change(own, yaml_values.text_of(given), reason=reason, by=by, at=at)
    ScenarioInCase.objects.create(case=own, run=run, version=made.number, values_code=values["code"])
    return own


def takes(case: BusinessCase) -> list[Assumption]:
    """The assumptions of a case that FTE can stand for."""
    return [each for each in case.assumptions if each.unit.casefold() == _UNIT]


# --- the text of a case -----------------------------------------------------------------------------------------


def case_text(found: StaffingEstimate, year: int) -> str:
    """A case whose only line is the staffing that becomes more or less by the changes, from the year after this one.
    Where today's people are fewer or more than the target needs, that is no effect of the changes and not in it. Raises
    RefusedChange when nobody has said what an FTE costs."""
    if found.kroner is None or not found.fte:
        raise RefusedChange(
            {"": _("Scenariet har ingen pris for et årsværk. Skriv den under Antagelser, og lav et nyt.")}
        )
    source = source_words(found)
    cost = {"label": _("Pris for et årsværk"), "unit": "1.000 kr.", "value": round(found.kroner / found.fte / 1_000, 3)}
    line = {
        "code": "staffing", "name": _("Bemanding, virkning af ændringerne"), "kind": "permanent", "area": "service",
        "owner": "", "amount": f"{CHANGE} * fte_cost", "shares": [1], "source": source,
    }  # fmt: skip
    return begun_cases.text_of(
        code_of(found), found.name, source, year,
        assumptions={
            "calls": {"label": _("Opkald om året"), "unit": _("opkald"), "value": round(found.calls_a_year)}
            | {"least": 0, "source": source},
            "fte_today": {"label": _("Årsværk i dag"), "unit": _UNIT, "value": round(found.fte_today, 3)}
            | {"least": 0, "source": source},
            **_reference(found, source),
            CHANGE: {"label": _("Årsværk mere på grund af ændringerne"), "unit": _UNIT, "value": _change(found)}
            | {**_interval(found), "source": source},
            "fte_cost": cost | {"least": 0, "source": source},
        },
        lines=[line],
        remark=(
            "only-staffing", _("Forslaget har kun bemandingen. Skriv selv, hvad det koster at indføre ændringen."),
        ),
    )  # fmt: skip


def code_of(found: StaffingEstimate) -> str:
    return f"scenarie-{found.scenario}-{found.run}"


def source_words(found: StaffingEstimate) -> str:
    """`scenarie 12, beregning 3 af 30.11.2026`."""
    said = _("scenarie %(scenario)s, beregning %(run)s af %(day)s")
    return said % {"scenario": found.scenario, "run": found.run, "day": f"{day_of(found.made_at):%d.%m.%Y}"}


def _reason(found: StaffingEstimate) -> str:
    return _("%(source)s: %(name)s") % {"source": source_words(found).capitalize(), "name": found.name}


def _reference(found: StaffingEstimate, source: str) -> dict[str, dict[str, Any]]:
    """What the change is a difference from, where it is not today's people."""
    if found.fte_reference == found.fte_today:
        return {}
    label = _("Årsværk i dag, bemandet efter målet")
    value = round(found.fte_reference, 3)
    return {"fte_reference": {"label": label, "unit": _UNIT, "value": value, "least": 0, "source": source}}


def _change(found: StaffingEstimate) -> float:
    return round(found.fte_effect, 3)


def _interval(found: StaffingEstimate) -> Mapping[str, Any]:
    low, high = found.fte_effect_low, found.fte_effect_high
    if low is None or high is None:
        return {}
    return begun_cases.interval(round(low, 3), round(high, 3), of=_("de målte dage"))


def _values(found: StaffingEstimate, assumption: str) -> dict[str, Any]:
    """The set of values that a case gets; its source has the interval, which sets of values have no fields for."""
    is_change = assumption == CHANGE
    low, high = found.fte_low, found.fte_high
    source = source_words(found)
    if low is not None and high is not None and low != high and not is_change:
        said = _("%(source)s; %(low).1f til %(high).1f årsværk (%(why)s)")
        source = said % {
            "source": source,
            "low": low,
            "high": high,
            "why": begun_cases.interval_words(_("de målte dage")),
        }
    value = _change(found) if is_change else round(found.fte, 3)
    return {"code": code_of(found), "name": found.name, "values": {assumption: value}, "source": source}
