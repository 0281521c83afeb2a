"""The table of people: accounts, and with them roles, queues, skills and the entry in the directory.

A list in a cell only adds. Whatever else a person has stays, because the table of a new team must not end anybody's
work.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.accounts import people_in_bulk
from indgang.accounts.models import Person, RoleAssignment
from indgang.accounts.people_in_bulk import RoleGift
from indgang.accounts.roles import ROLES, Role
from indgang.catalogue.models import DirectoryEntry, Unit, not_ended
from indgang.core.clock import day_of
from indgang.core.text import folded
from indgang.entry import commands
from indgang.entry.models import Queue, QueueMembership
from indgang.entry.team import memberships
from indgang.tables import columns as read
from indgang.tables.columns import BadValue, ByName, Column
from indgang.tables.kinds import UnitScope, compare, look_up, present, read_values, why, write_rows
from indgang.tables.plan import ImportPlan, PlannedRow, RowProblem, RowState, ValueChange, refuse_doubles
from indgang.tables.reading import TableSheet
from indgang.workforce import competence
from indgang.workforce.models import Competence, Skill

_LANGUAGES = {"da": "Dansk", "en": "English"}
_ACCOUNT = ("name", "email", "language")
_ENTRY = ("title", "unit", "phone", "mobile")
#: what a row adds to a person
_ADDED = ("new_roles", "new_queues", "new_levels")
_LEVEL = re.compile(r"(.*\S)\s*[: ]\s*([1-5])")
#: the word for a role in the whole municipality
EVERYWHERE = "hele kommunen"


def _username(cell: str) -> str:
    if not re.fullmatch(r"[\w.@-]{1,60}", cell):
        raise BadValue(_("Brug kun bogstaver, tal, punktum, bindestreg og @, højst 60 tegn."))
    return cell


class PersonTable:
    code = "people"
    title = gettext_lazy("Medarbejdere")
    about = gettext_lazy(
        "Brugere med roller, køer, kompetencer og opslag i telefonbogen. Brugernavnet er nøglen. Lister i en celle "
        "lægger til; de fjerner intet. Nye brugere får en adgangskode på deres egen side."
    )
    columns: Sequence[Column] = (
        Column("Brugernavn", "username", "", True, _username),
        Column("Navn", "name", "", True, read.text(200)),
        Column("E-mail", "email", "", False, read.email),
        Column("Sprog", "language", ", ".join(_LANGUAGES.values()), False, read.one_of(_LANGUAGES, empty=True)),
        Column(
            "Roller",
            "roles",
            gettext_lazy("Rolle: enhed; for eksempel Teamleder: tmf. Flere med semikolon imellem."),
            False,
            read.parts,
        ),
        Column("Køer", "queues", gettext_lazy("Køernes koder eller navne med semikolon imellem."), False, read.parts),
        Column(
            "Kompetencer",
            "skills",
            gettext_lazy("Kompetence og niveau; for eksempel Byggesager 3; Engelsk 2."),
            False,
            read.parts,
        ),
        Column(
            "Initialer",
            "initials",
            gettext_lazy("Nøglen til opslaget i telefonbogen. Tom: intet opslag."),
            False,
            read.text(20),
        ),
        Column("Titel", "title", "", False, read.text(200)),
        Column("Enhed", "unit", gettext_lazy("Den enhed, opslaget i telefonbogen hører til."), False, str),
        Column("Telefon", "phone", "", False, read.phone),
        Column("Mobil", "mobile", "", False, read.phone),
    )

    def plan(self, sheet: TableSheet, *, scope: UnitScope, day: date) -> ImportPlan:
        used = present(sheet, self.columns)
        there = _There(day)
        rows = []
        for row in sheet.rows:
            planned = PlannedRow(row.line, row.cells.get("navn", ""))
            read_values(row, used, planned)
            planned.target = there.people.get(folded(str(planned.values.get("username", ""))))
            _Reading(planned, there, scope).finish()
            rows.append(planned)
        self._refuse_doubles(rows, there)
        return ImportPlan(rows)

    def _refuse_doubles(self, rows: Sequence[PlannedRow], there: _There) -> None:
        def keys(name: str) -> list[str]:
            return [folded(str(row.values.get(name) or "")) for row in rows]

        refuse_doubles(rows, keys("username"), "Brugernavn", _("Brugernavnet står også på linje %(line)s."))
        refuse_doubles(rows, keys("email"), "E-mail", _("E-mailadressen står også på linje %(line)s."))
        refuse_doubles(rows, keys("initials"), "Initialer", _("Initialerne står også på linje %(line)s."))
        said = _("Navnet står også på linje %(line)s. Er det to personer, så giv dem hvert sit navn.")
        refuse_doubles(rows, keys("name"), "Navn", said)
        in_table = {folded(str(row.values.get("username", ""))) for row in rows}
        for row in rows:
            for column, name, known in (("E-mail", "email", there.emails), ("Navn", "name", there.names)):
                value = folded(str(row.values.get(name) or ""))
                others = known.get(value, set()) - {row.target.pk if row.target else 0} if value else set()
                taken = [there.by_pk[pk] for pk in others if there.by_pk[pk].username_folded not in in_table]
                if taken and (row.target is None or getattr(row.target, name) != row.values[name]):
                    words = {"name": taken[0].name, "username": taken[0].username}
                    reason = _("Det har %(name)s (%(username)s) allerede.") % words
                    row.problems.append(RowProblem(row.line, column, reason))

    @transaction.atomic
    def write(self, plan: ImportPlan, *, by: Person, at: datetime) -> None:
        made = [_Written(row, _account(row)) for row in plan.of(RowState.NEW)]
        known = [_Written(row, row.target) for row in plan.of(RowState.CHANGED)]
        people_in_bulk.create([each.person for each in made], by=by, at=at, why=why())
        people_in_bulk.edit([(each.person, each.account) for each in known], by=by, at=at, why=why())
        written = [*made, *known]
        people_in_bulk.link_entries(_write_entries(written, by=by, at=at), by=by, at=at, why=why())
        gifts = [gift for each in written for gift in each.gifts]
        people_in_bulk.give_roles(gifts, valid_from=day_of(at), by=by, at=at, why=why())
        queues = {each.person: each.row.values["new_queues"] for each in written if each.row.values["new_queues"]}
        memberships.begin_many(queues, day=day_of(at), by=by, at=at, why=why())
        levels = [level for each in written for level in each.levels]
        competence.set_levels(levels, day=day_of(at), by=by, at=at, why=why())
        if written:
            commands.give("reload", by=by, at=at)

    def export(self, *, scope: UnitScope, day: date) -> Iterator[list[str]]:
        there = _There(day)
        for person in sorted(there.people.values(), key=lambda each: each.username):
            if person.is_active and there.is_seen(person, scope):
                yield there.cells(person)


# --- What is there -----------------------------------------------------------------------------


class _There:
    """All people with their present and future roles, and the rows that a table may name, read in a few queries."""

    def __init__(self, day: date) -> None:
        found = Person.objects.select_related("entry__unit")
        self.people: dict[str, Person] = {person.username_folded: person for person in found}
        self.by_pk = {person.pk: person for person in self.people.values()}
        self.emails, self.names = _by(self.by_pk, "email"), _by(self.by_pk, "name")
        coming = not_ended(day)
        self.roles: dict[int, dict[tuple[str, int | None], Unit | None]] = defaultdict(dict)
        for role in RoleAssignment.objects.filter(coming).select_related("unit"):
            self.roles[role.person_id][role.role, role.unit_id] = role.unit
        self.queues: dict[int, set[int]] = defaultdict(set)
        for person, queue in QueueMembership.objects.filter(coming).values_list("person", "queue"):
            self.queues[person].add(queue)
        self.levels: dict[int, dict[int, int]] = defaultdict(dict)
        for person, skill, level in Competence.objects.valid_on(day).values_list("person", "skill", "level"):
            self.levels[person][skill] = level
        units, queues = (
            list(Unit.objects.all()),
            list(Queue.objects.filter(coming).select_related("centre__owner", "centre__operator")),
        )
        skills = list(Skill.objects.filter(coming))
        self.units = ByName(units, lambda unit: unit.code, lambda unit: unit.name)
        self.known_queues = ByName(queues, lambda queue: queue.code, lambda queue: queue.name)
        self.known_skills = ByName(skills, lambda skill: skill.code, lambda skill: skill.name)
        self.known_roles: ByName[Role] = ByName(
            list(ROLES.values()), lambda role: role.code, lambda role: str(role.name), codes_shown=False
        )
        self.queue_codes = {queue.pk: queue.code for queue in queues}
        self.skill_codes = {skill.pk: skill.code for skill in skills}
        entries = DirectoryEntry.objects.valid_on(day).exclude(initials="").select_related("unit")
        self.entries = {folded(entry.initials): entry for entry in entries}
        #: of open accounts alone
        self.people_of_entry: dict[int, set[int]] = defaultdict(set)
        for person in self.people.values():
            if person.entry_id is not None and person.is_active:
                self.people_of_entry[person.entry_id].add(person.pk)

    def is_seen(self, person: Person, scope: UnitScope) -> bool:
        """Whether all roles of the person lie within the scope."""
        return scope.units is None or all(scope.holds(unit) for unit in self.roles.get(person.pk, {}).values())

    def cells(self, person: Person) -> list[str]:
        entry = person.entry
        roles = _role_texts(self.roles.get(person.pk, {}))
        queues = [self.queue_codes[pk] for pk in self.queues.get(person.pk, ()) if pk in self.queue_codes]
        skills = self.levels.get(person.pk, {}).items()
        levels = [f"{self.skill_codes[pk]} {level}" for pk, level in skills if pk in self.skill_codes]
        told = ["", "", "", "", ""]
        if entry is not None and entry.initials:
            phone, mobile = read.phone_text(entry.phone), read.phone_text(entry.mobile)
            told = [entry.initials, entry.title, entry.unit.code, phone, mobile]
        lists = ["; ".join(sorted(each)) for each in (roles, queues, levels)]
        return [person.username, person.name, person.email, _LANGUAGES[person.language], *lists, *told]


def _role_texts(roles: Mapping[tuple[str, int | None], Unit | None]) -> list[str]:
    """The roles as a cell lists them."""
    named = [(ROLES[code].name, unit) for (code, _pk), unit in roles.items() if code in ROLES]
    return [f"{name}: {unit.code if unit else EVERYWHERE}" for name, unit in named]


def _by(people_by_pk: Mapping[int, Person], name: str) -> dict[str, set[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for pk, person in people_by_pk.items():
        if person.is_active and getattr(person, name):
            found[folded(getattr(person, name))].add(pk)
    return found


# --- One row -----------------------------------------------------------------------------------


@dataclass(slots=True)
class _Reading:
    """Turns a row into the values to write; an invalid value becomes a problem of the row."""

    row: PlannedRow
    there: _There
    scope: UnitScope

    def finish(self) -> None:
        row, person = self.row, self.row.target
        if person is not None and not self.there.is_seen(person, self.scope):
            self._bad("Brugernavn", _("Medarbejderen har roller uden for dine enheder og kan ikke ændres af dig."))
        if not row.values.get("language", True):
            del row.values["language"]  # everybody has one: an empty cell leaves it
        compare(row, [column for column in PersonTable.columns if column.field in _ACCOUNT])
        self._roles()
        self._queues()
        self._skills()
        self._entry()
        self._refuse_closed()

    def _refuse_closed(self) -> None:
        person, values = self.row.target, self.row.values
        if person is not None and not person.is_active and any(values[name] for name in _ADDED):
            self._bad("Brugernavn", _("Brugeren %(name)s er lukket. Åbn den først.") % {"name": person.name})

    def _bad(self, column: str, reason: str) -> None:
        self.row.problems.append(RowProblem(self.row.line, column, reason))

    def _each(self, name: str, column: str, find: Any) -> list[Any]:
        found = []
        for written in self.row.values.pop(name, None) or []:
            try:
                found.append(find(written))
            except BadValue as wrong:
                self._bad(column, str(wrong))
        return found

    def _added(self, column: str, before: Collection[str], added: Collection[str]) -> None:
        if added and self.row.target is not None:
            both = "; ".join(sorted({*before, *added}))
            self.row.changes.append(ValueChange(column, "; ".join(sorted(before)), both))

    def _roles(self) -> None:
        has = self.there.roles.get(self.row.target.pk, {}) if self.row.target else {}
        wanted = self._each("roles", "Roller", self._role)
        named = {(role.code, unit.pk if unit else None): unit for role, unit in wanted}
        new = {key: unit for key, unit in named.items() if key not in has}
        self.row.values["new_roles"] = list(new.items())
        self._added("Roller", _role_texts(has), _role_texts(new))

    def _role(self, written: str) -> tuple[Role, Unit | None]:
        name, _colon, place = (part.strip() for part in written.partition(":"))
        role = self.there.known_roles.find(name)
        if not place:
            raise BadValue(_("Skriv enheden efter rollen: %(role)s: enhed.") % {"role": role.name})
        unit = None if folded(place) == EVERYWHERE else self.there.units.find(place)
        if not self.scope.holds(unit):
            raise BadValue(_("Du kan ikke give roller for “%(place)s”.") % {"place": place})
        return role, unit

    def _queues(self) -> None:
        has = self.there.queues.get(self.row.target.pk, set()) if self.row.target else set()
        new = [queue for queue in self._each("queues", "Køer", self._queue) if queue.pk not in has]
        self.row.values["new_queues"] = new
        codes = self.there.queue_codes
        self._added("Køer", [codes[pk] for pk in has if pk in codes], [queue.code for queue in new])

    def _queue(self, written: str) -> Queue:
        queue: Queue = self.there.known_queues.find(written)
        centre = queue.centre
        if not (self.scope.holds(centre.owner) or self.scope.holds(centre.operator)):  # either side leads its team
            raise BadValue(_("Du har ikke rettigheder til køen “%(name)s”.") % {"name": queue.name})
        return queue

    def _skills(self) -> None:
        has = self.there.levels.get(self.row.target.pk, {}) if self.row.target else {}
        wanted = dict(self._each("skills", "Kompetencer", self._skill))
        new = {skill: level for skill, level in wanted.items() if has.get(skill.pk) != level}
        self.row.values["new_levels"] = new
        codes = self.there.skill_codes
        changed = {skill.pk for skill in new}
        before = {pk: f"{codes[pk]} {level}" for pk, level in has.items() if pk in codes}
        if new and self.row.target is not None:
            kept = [words for pk, words in before.items() if pk not in changed]
            after = [*kept, *(f"{skill.code} {level}" for skill, level in new.items())]
            change = ValueChange("Kompetencer", "; ".join(sorted(before.values())), "; ".join(sorted(after)))
            self.row.changes.append(change)

    def _skill(self, written: str) -> tuple[Skill, int]:
        found = _LEVEL.fullmatch(written)
        if found is None:
            raise BadValue(_("Skriv niveauet efter kompetencen, fra 1 til 5: “%(text)s”.") % {"text": written})
        return self.there.known_skills.find(found[1].rstrip(": ")), int(found[2])

    def _entry(self) -> None:
        row = self.row
        look_up(row, "unit", "Enhed", self.there.units)
        initials = row.values.get("initials") or ""
        said = {name: row.values.pop(name) for name in _ENTRY if name in row.values}
        if not initials:
            return
        entry = self.there.entries.get(folded(initials))
        unit = said.get("unit") or (entry.unit if entry else None)
        if unit is None:
            self._bad("Enhed", _("Skriv enheden: opslaget i telefonbogen hører til en."))
            return
        if not self.scope.holds(unit) or (entry is not None and not self.scope.holds(entry.unit)):
            self._bad("Enhed", _("Du har ikke rettigheder til enheden “%(name)s”.") % {"name": unit.name})
        self._plan_entry(entry, initials, said | {"unit": unit})

    def _plan_entry(self, entry: DirectoryEntry | None, initials: str, said: dict[str, Any]) -> None:
        row = self.row
        names = {"title": "Titel", "unit": "Enhed", "phone": "Telefon", "mobile": "Mobil"}
        row.values["entry"], row.values["entry_values"] = entry, said
        if entry is not None and self._is_of_somebody_else(entry):
            self._bad("Initialer", _("Initialerne tilhører %(name)s i telefonbogen.") % {"name": entry.name})
        linked = row.target.entry if row.target else None
        if entry is None and row.target is None:
            return
        if entry is None or linked is None or linked.pk != entry.pk:
            row.changes.append(ValueChange("Initialer", linked.initials if linked else "", initials))
        for name, value in said.items():
            before = getattr(entry, name, None)
            if entry is not None and before != value:
                words = [read.phone_text(each) if name in ("phone", "mobile") else str(each or "") for each in
                         (before, value)]  # fmt: skip
                row.changes.append(ValueChange(names[name], *words))

    def _is_of_somebody_else(self, entry: DirectoryEntry) -> bool:
        """Whether the entry is linked to another open account, or to none and has another name and e-mail than the
        row."""
        target, values = self.row.target, self.row.values
        own = {target.pk} if target else set()
        if linked := self.there.people_of_entry.get(entry.pk):
            return not linked & own
        if target and target.entry_id == entry.pk:
            return False
        email = values.get("email") or (target.email if target else "")
        same_email = bool(email) and folded(email) == folded(entry.email)
        return folded(entry.name) != folded(str(values.get("name") or "")) and not same_email


# --- Writing -----------------------------------------------------------------------------------


def _account(row: PlannedRow) -> Person:
    """The new account."""
    values = row.values
    email, language = values.get("email") or "", values.get("language") or "da"
    return Person(username=values["username"], name=values["name"], email=email, language=language)


@dataclass(frozen=True, slots=True)
class _Written:
    """A row with the person that it creates or changes."""

    row: PlannedRow
    person: Person

    @property
    def account(self) -> dict[str, str]:
        """The values of the account that the row has."""
        return {name: self.row.values[name] for name in _ACCOUNT if name in self.row.values}

    @property
    def gifts(self) -> list[RoleGift]:
        return [RoleGift(self.person, code, unit) for (code, _pk), unit in self.row.values["new_roles"]]

    @property
    def levels(self) -> list[tuple[Person, Skill, int]]:
        return [(self.person, skill, level) for skill, level in self.row.values["new_levels"].items()]


def _write_entries(written: Sequence[_Written], *, by: Person, at: datetime) -> list[tuple[Person, DirectoryEntry]]:
    """Create and change the people's directory entries. Return whose each is."""
    planned = []
    for each in written:
        row = each.row
        if "entry_values" not in row.values:
            continue
        known = {"name": row.values["name"], "email": row.values.get("email") or each.person.email}
        values = dict(row.values["entry_values"])
        if row.values["entry"] is None:
            values |= known | {"initials": row.values["initials"], "valid_from": day_of(at)}
        shown = PlannedRow(row.line, row.label, values, row.values["entry"], [ValueChange("", "", "")])
        planned.append((each.person, shown))
    entries = ImportPlan([shown for _person, shown in planned])
    made: dict[int, DirectoryEntry] = {}

    def make(shown: PlannedRow) -> DirectoryEntry:
        made[shown.line] = DirectoryEntry(**shown.values)
        return made[shown.line]

    fields = ("name", "initials", "email", *_ENTRY)
    write_rows(entries, DirectoryEntry, by=by, at=at, fields=fields, make=make)
    return [(person, made.get(shown.line) or shown.target) for person, shown in planned]
