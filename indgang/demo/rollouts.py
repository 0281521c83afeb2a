"""The rollout of the demo: the buildings centre went live two weeks ago, the other services follow in two months."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from indgang.accounts.models import Person
from indgang.catalogue.models import ContactCentre, Unit
from indgang.core.clock import day_of
from indgang.core.months import months_later
from indgang.programme.rollout import activities, keeping, plans, quarters
from indgang.programme.rollout.models import OldNumberPlace, PlannedMessage, RolloutPlan

#: days since the first stage went live
_LIVE = 14
_DONE = ("1a", "1b", "1c", "1f", "1g", "1h", "1i", "1k", "1m", "1n", "2a", "4b", "4d", "4k")
_RUNNING = ("1d", "1e", "1j", "1l", "2b", "2c", "2d", "4a", "4e", "4h")
_REACHED = ("Samarbejdsaftale", "Samarbejdsorganisation", "Etape 1 i drift")
#: unit, point, whether it is in place, and a note
_STATED = (
    ("cby", "mentor", True, "To mentorer, en på hvert hold"),
    ("cby", "trained", True, "Ni medarbejdere har gennemført de tre uger"),
    ("ctb-byliv", "mentor", True, "Eva følger de nye"),
    ("ctb-byliv", "trained", False, "Tredje uge mangler"),
    ("cmb-jord", "mentor", False, ""),
)
#: who, what, where, and days from today until it is due; done when it is in the past
_MESSAGES = (
    ("leaders", "Hvad omstillingen betyder for enhederne", "Ledermøde", -60),
    ("staff", "Byggeriet besvares i kontaktcentret fra i dag", "Intranettet", -_LIVE),
    ("businesses", "Ét nummer til byggesager", "Nyhedsbrevet", -10),
    ("staff", "De øvrige ydelser flytter", "Intranettet", 30),
    ("citizens", "Ét nummer til hele forvaltningen", "Hjemmesiden", 45),
)
#: kind, place, address, what stands there, days from today, and whether it is done
_PLACES = (
    ("letter", "Kvittering for en byggeansøgning", "Skabelon 14 i byggesagssystemet", "33 66 52 00", -7, True),
    ("page", "Kontaktboksen på siden om altaner", "/byggeri/altaner", "33 66 52 00", -3, False),
    ("sign", "Døren til ekspeditionen", "Njalsgade 13", "33 66 52 00", 14, False),
    ("publication", "Folderen om jord fra byggepladser", "Trykkeriets fil 2019", "33 66 11 30", 40, False),
)  # fmt: skip


def seed(
    centres: Mapping[str, ContactCentre], units: Mapping[str, Unit], people: Mapping[str, Person], *, at: datetime
) -> None:  # fmt: skip
    """Add the plan, unless there is one."""
    owner = people.get("hans")
    if owner is None or RolloutPlan.objects.exists():
        return
    live = day_of(at) - timedelta(days=_LIVE)
    plan = plans.begin(
        centres["tmf"], name="TMF's kontaktcenter", granted_on=months_later(live, -6), first=units["cby"], by=owner,
        at=at,
    )  # fmt: skip
    _move_on(plan, owner, at)
    for code, point, is_ready, note in _STATED:
        keeping.state(plan, units[code], point=point, is_ready=is_ready, note=note, by=owner, at=at)
    _tell(plan, people, owner, at)
    last_quarter = quarters.quarters(plan, day_of(at))[1]
    text = "Byggeriet er klar til tiden. Siderne på nettet halter."
    report = quarters.write(plan, last_quarter, text, by=owner, at=at)
    quarters.freeze(report, by=owner, at=at)


def _move_on(plan: RolloutPlan, owner: Person, at: datetime) -> None:
    live = day_of(at) - timedelta(days=_LIVE)
    first = plan.stages.get(number=1)
    values = {"name": first.name, "after_months": first.after_months, "live_on": live}
    plans.change_stage(first, values, why="Gik i drift som planlagt", by=owner, at=at)
    for row in plan.activities.filter(code__in=(*_DONE, *_RUNNING)):
        done = {"progress": "done", "done_on": live} if row.code in _DONE else {"progress": "running"}
        activities.change(row, done, why="", by=owner, at=at)
    for milestone in plan.milestones.filter(title__in=_REACHED):
        activities.save_milestone(milestone, {"reached": live}, by=owner, at=at)


def _tell(plan: RolloutPlan, people: Mapping[str, Person], owner: Person, at: datetime) -> None:
    today = day_of(at)
    for told_to, message, channel, days in _MESSAGES:
        due = today + timedelta(days=days)
        keeping.save(
            PlannedMessage(plan=plan), {"told_to": told_to, "message": message, "channel": channel, "due_on": due,
                                        "person": people.get("ida"), "done_on": due if days < 0 else None},
            by=owner, at=at,
        )  # fmt: skip
    for kind, place, address, contact, days, is_done in _PLACES:
        due = today + timedelta(days=days)
        keeping.save(
            OldNumberPlace(plan=plan), {"kind": kind, "place": place, "address": address, "old_contact": contact,
                                        "person": people.get("wera"), "due_on": due,
                                        "done_on": due if is_done else None},
            by=owner, at=at,
        )  # fmt: skip
