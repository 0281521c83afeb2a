"""Each kind of table: what it would do, what it says of bad rows, that it writes that, and nothing the second time."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from indgang.accounts import access, people
from indgang.accounts.models import Person, RoleAssignment
from indgang.accounts.permissions import Permission
from indgang.audit.models import Change
from indgang.catalogue.models import DirectoryEntry, Service, Unit
from indgang.core import spreadsheet
from indgang.core.refusals import RefusedChange
from indgang.entry.models import Command, ElsewhereSeries, FormerNumber, QueueMembership
from indgang.live.models import Mark
from indgang.tables import reading
from indgang.tables.kinds import UnitScope
from indgang.tables.plan import ImportPlan, RowState
from indgang.tables.registry import KINDS
from indgang.workforce.models import Competence
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db

TODAY = MORNING.date()
EVERYTHING = UnitScope(None)


def plan(kind: str, text: str, scope: UnitScope = EVERYTHING) -> ImportPlan:
    return KINDS[kind].plan(reading.read(text.encode()), scope=scope, day=TODAY)


def written(world: World, kind: str, text: str) -> ImportPlan:
    planned = plan(kind, text)
    assert not planned.problems
    KINDS[kind].write(planned, by=world.finn, at=MORNING)
    return planned


def states(planned: ImportPlan) -> list[str]:
    return [row.state.value for row in planned.rows]


def reasons(planned: ImportPlan) -> list[tuple[int, str, str]]:
    return [(each.line, each.column, each.reason) for each in planned.problems]


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_there_written_out_and_read_in_changes_nothing(world: World, kind: str) -> None:
    world.anna.entry = world.directory["aase"]
    world.anna.save()
    ElsewhereSeries.objects.create(
        first="+4539980000", last="+4539989999", municipality="Fjordby", number="+4539980000"
    )
    ElsewhereSeries.objects.create(first="+4597", municipality="Bakkerup")
    Service.objects.filter(code="affald").update(keywords="affald,\n container", cases_per_year=1600, situation="waste")
    shown = KINDS[kind]
    rows = shown.export(scope=EVERYTHING, day=TODAY)
    content = b"".join(spreadsheet.lines([[column.name for column in shown.columns]], rows))
    planned = shown.plan(reading.read(content), scope=EVERYTHING, day=TODAY)
    assert [(row.line, row.changes, row.problems) for row in planned.rows if row.state is not RowState.SAME] == []
    assert len(planned.rows) >= 1


def test_units_are_made_below_units_of_the_same_table_and_moved(world: World) -> None:
    text = (
        "Kode;Navn;Slags;Hører under;Telefon\n"
        "natur-vand;Vandløb;Enhed;natur;\n"
        "natur;Natur og vand;Center;tmf;33 66 12 34\n"
        "ctb-grav;Gravetilladelser;Enhed;cby;\n"
    )
    planned = written(world, "units", text)
    assert states(planned) == ["new", "new", "changed"]
    assert Unit.objects.get(code="natur-vand").path == "kk/tmf/natur/natur-vand/"
    assert Unit.objects.get(code="natur").phone == "+4533661234"
    assert Unit.objects.get(code="ctb-grav").path == "kk/tmf/cby/ctb-grav/"
    assert states(plan("units", text)) == ["same", "same", "same"]
    assert Change.objects.filter(action="unit.add", why="Indlæst fra en tabel").count() == 2
    assert Command.objects.filter(kind="reload").exists()


def test_bad_units_are_told_with_line_column_and_reason(world: World) -> None:
    text = (
        "Kode;Navn;Slags;Hører under;Telefon;E-mail;Gælder til\n"
        "ny;Ny;Enhed;Center for Bygniger;;;\n"
        "ny;Igen;Enhed;tmf;;;\n"
        "å b;;Holdeplads;tmf;12;x@;31.02.2026\n"
        "a1;A;Enhed;a2;;;\n"
        "a2;B;Enhed;a1;;;\n"
        "tmf;Teknik- og Miljøforvaltningen;Forvaltning;ctb;;;\n"
    )
    found = reasons(plan("units", text))
    assert (2, "Hører under", "“Center for Bygniger” findes ikke. Mente du “Center for Bygninger”?") in found
    assert (3, "Kode", "Koden står også på linje 2.") in found
    of_third = {column: reason for line, column, reason in found if line == 4}
    assert set(of_third) == {"Kode", "Navn", "Slags", "Telefon", "E-mail", "Gælder til"}
    assert of_third["Navn"] == "Skal udfyldes."
    assert "Forvaltning" in of_third["Slags"]
    assert of_third["Telefon"] == "“12” er ikke et telefonnummer."
    assert of_third["Gælder til"] == "“31.02.2026” er ikke en dag. Skriv for eksempel 31.12.2026."
    assert {line for line, _column, reason in found if "under hinanden" in reason} == {5, 6}
    assert (7, "Hører under", "En enhed kan ikke ligge under sig selv.") in found


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("Kode;Navn", "Disse kolonner mangler: Slags."),
        ("Kode;Navn;Slags;Telefn", "Kolonnen “Telefn” kendes ikke. Mente du “Telefon”?"),
        ("Kode;Navn;Slags;Postnummer", "Kolonnen “Postnummer” kendes ikke. Se skabelonen."),
    ],
)
def test_a_column_that_is_missing_or_unknown_stops_the_file(world: World, header: str, words: str) -> None:
    with pytest.raises(reading.UnreadableTable) as told:
        plan("units", header + "\n")
    assert str(told.value) == words


def test_an_empty_cell_empties_and_a_column_left_out_leaves(world: World) -> None:
    Unit.objects.filter(code="cby").update(phone="+4533661234", email="cby@example.org")
    planned = written(world, "units", "Kode;Navn;Slags;Telefon\ncby;Center for Bygninger;Center;\n")
    assert [(each.column, each.before, each.after) for each in planned.rows[0].changes] == [
        ("Telefon", "33 66 12 34", "")
    ]
    unit = Unit.objects.get(code="cby")
    assert (unit.phone, unit.email) == ("", "cby@example.org")


def test_services_name_their_unit_and_get_their_volume(world: World) -> None:
    text = "Kode;Navn;Enhed;Sager om året\nskilte;Skilte;Center for Bygninger;1.600\nbevilling;Bevillinger;kff;5\n"
    assert states(written(world, "services", text)) == ["new", "changed"]
    made = Service.objects.get(code="skilte")
    assert (made.unit, made.volume, made.valid_from) == (world.units["cby"], "large", TODAY)
    assert states(plan("services", text)) == ["same", "same"]
    assert reasons(plan("services", "Kode;Navn;Enhed\nx;X;cbyy\ny;Y;\n")) == [
        (2, "Enhed", "“cbyy” findes ikke. Mente du “cby”?"), (3, "Enhed", "Skal udfyldes.")
    ]  # fmt: skip


def test_directory_entries_are_known_by_initials_then_mail_then_place(world: World) -> None:
    text = (
        "Navn;Initialer;Enhed;Telefon;E-mail\n"
        "Nina Ny;niny;cby;33 66 11 11;nina@example.org\n"
        "Bo Uden;;cby;33 66 11 12;\n"
        "Pia Post;;cby;;pia@example.org\n"
    )
    assert states(written(world, "directory", text)) == ["new", "new", "new"]
    assert states(plan("directory", text)) == ["same", "same", "same"]
    changed = plan("directory", text.replace("11 12", "11 13").replace("Pia Post", "Pia Postkasse"))
    assert states(changed) == ["same", "changed", "changed"]
    doubled = reasons(plan("directory", text + "Nina To;niny;cby;hej;\nPia To;;cby;;PIA@example.org\n"))
    assert doubled == [
        (5, "Telefon", "“hej” er ikke et telefonnummer."),
        (5, "Initialer", "Initialerne står også på linje 2."),
        (6, "E-mail", "E-mailadressen står også på linje 4."),
    ]
    assert DirectoryEntry.objects.get(initials="niny").phone == "+4533661111"


PEOPLE = (
    "Brugernavn;Navn;E-mail;Roller;Køer;Kompetencer;Initialer;Enhed;Telefon\n"
    "nina;Nina Ny;nina@example.org;Kontaktcentermedarbejder: tmf;tmf-byggeri; Byggesager 3;niny;tmf;33 66 11 11\n"
    "anna;Anna Agerbæk;;;tmf-oevrige, tmf-byggeri;byggesag 4;;;\n"
)


def test_a_new_colleague_can_be_called_when_the_table_is_read(world: World) -> None:
    planned = written(world, "people", PEOPLE)
    assert states(planned) == ["new", "changed"]
    nina = Person.objects.get(username="nina")
    assert not nina.has_usable_password()
    assert access.may(nina, Permission.TAKE_CALLS, world.units["cby"], TODAY)
    assert QueueMembership.objects.serving_on(TODAY).filter(person=nina, queue=world.queues["tmf-byggeri"]).exists()
    assert nina.competences.get().level == 3
    assert (nina.entry.initials, nina.entry.phone, nina.entry.email) == ("niny", "+4533661111", "nina@example.org")
    anna = Competence.objects.filter(person=world.anna, skill__code="byggesag").order_by("valid_from")
    assert [(row.level, row.valid_to) for row in anna] == [(3, TODAY), (4, None)]
    assert world.anna.queue_memberships.count() == 3, "what is there already is not made again"
    assert states(plan("people", PEOPLE)) == ["same", "same"]
    assert set(Command.objects.values_list("kind", flat=True)) == {"reload"}


def test_what_a_table_does_to_people_is_recorded_as_if_it_was_done_on_their_pages(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[list[Person]] = []
    monkeypatch.setattr(people, "_listeners", [lambda changed, by, at: told.append(changed)])
    written(world, "people", PEOPLE)
    nina = Person.objects.get(username="nina")
    assert told == [[nina]], "once for all: a table of thousands reloads the switchboard once"
    changes = Change.objects.filter(target_type="accounts.person", target_id=str(nina.pk), why="Indlæst fra en tabel")
    found = dict(changes.values_list("action", "after"))
    assert found["person.create"]["username"] == "nina"
    assert found["person.edit"] == {"entry": str(nina.entry)}
    assert (found["role.give"]["role"], found["role.give"]["unit"]) == ("agent", "tmf")
    assert found["queuemembership.begin"]["queues"] == ["tmf-byggeri"]
    assert found["competence.change"]["byggesag"] == 3
    changed = Change.objects.get(action="competence.change", target_id=str(world.anna.pk))
    assert (changed.before, changed.why) == ({"byggesag": 3}, "Indlæst fra en tabel")
    assert Mark.objects.filter(part="centre-tmf/agents").exists()


def test_a_closed_account_gets_nothing_from_a_table(world: World) -> None:
    Person.objects.filter(pk=world.anna.pk).update(is_active=False)
    refusal = (3, "Brugernavn", "Brugeren Anna Agerbæk er lukket. Åbn den først.")
    assert refusal in reasons(plan("people", PEOPLE))


def test_bad_people_are_told_with_line_column_and_reason(world: World) -> None:
    Person.objects.filter(username="bo").update(email="bo@example.org")
    text = (
        "Brugernavn;Navn;E-mail;Roller;Køer;Kompetencer;Initialer\n"
        "a a;Aa;;;;;\n"
        "x1;Xenia;bo@example.org;Teamlader: tmf;;;\n"
        "x2;Xenia;;Agent;;;\n"
        "x3;Anna Agerbæk;;Teamleder: tmv;byggeri;byggesag 9;\n"
        "x4;Yrsa;;;tmf-bygeri;Engels 2;ynit\n"
    )
    found = reasons(plan("people", text))
    assert (2, "Brugernavn", "Brug kun bogstaver, tal, punktum, bindestreg og @, højst 60 tegn.") in found
    assert (3, "E-mail", "Det har Bo Bakkedal (bo) allerede.") in found
    assert (3, "Roller", "“Teamlader” findes ikke. Mente du “Teamleder”?") in found
    assert (4, "Navn", "Navnet står også på linje 3. Er det to personer, så giv dem hvert sit navn.") in found
    assert (4, "Roller", "Skriv enheden efter rollen: Kontaktcentermedarbejder: enhed.") in found
    assert (5, "Navn", "Det har Anna Agerbæk (anna) allerede.") in found
    assert (5, "Roller", "“tmv” findes ikke. Mente du “tmf”?") in found
    assert (5, "Kompetencer", "Skriv niveauet efter kompetencen, fra 1 til 5: “byggesag 9”.") in found
    assert (6, "Køer", "“tmf-bygeri” findes ikke. Mente du “tmf-byggeri”?") in found
    assert (6, "Kompetencer", "“Engels” findes ikke. Mente du “Engelsk”?") in found
    assert (6, "Enhed", "Skriv enheden: opslaget i telefonbogen hører til en.") in found


def test_who_administers_one_unit_writes_its_rows_alone(world: World) -> None:
    below = Unit.objects.filter(path__startswith=world.units["bif"].path)
    scope = UnitScope(frozenset(below.values_list("pk", flat=True)))
    people = (
        "Brugernavn;Navn;Roller;Køer\n"
        "anna;Anna Ny;;\n"
        "x;Xenia;Administrator: hele kommunen;tmf-byggeri\n"
        "y;Yrsa;Kontaktcentermedarbejder: bif;bif-erhverv\n"
    )
    planned = plan("people", people, scope)
    assert states(planned) == ["bad", "bad", "new"]
    assert {each.column for each in planned.rows[1].problems} == {"Roller", "Køer"}
    units = "Kode;Navn;Slags;Hører under\ncby;X;Center;\nny;Ny;Enhed;tmf\nny2;Ny;Enhed;yds\n"
    assert states(plan("units", units, scope)) == ["bad", "bad", "new"]
    entries = "Navn;Enhed\nA;cby\nB;yds\n"
    assert states(plan("directory", entries, scope)) == ["bad", "new"]


def test_good_rows_are_written_and_bad_ones_left_out(world: World) -> None:
    planned = plan("directory", "Navn;Enhed\nGod;cby\nDårlig;ingen\n")
    KINDS["directory"].write(planned, by=world.finn, at=MORNING)
    assert DirectoryEntry.objects.filter(name="God").exists()
    assert not DirectoryEntry.objects.filter(name="Dårlig").exists()


def test_the_queries_do_not_grow_with_the_rows(world: World) -> None:
    def asked(kind: str, header: str, line: Any, count: int, start: int) -> int:
        text = header + "".join(line(start + number) for number in range(count))
        with CaptureQueriesContext(connection) as queries:
            written(world, kind, text)
        # the search index writes its documents one by one
        return sum("knowledge_search" not in query["sql"] for query in queries)

    for kind, header, line in (
        ("directory", "Navn;Initialer;Enhed\n", lambda n: f"Navn {n};i{n};cby\n"),
        ("services", "Kode;Navn;Enhed\n", lambda n: f"kode-{n};Navn {n};cby\n"),
        ("units", "Kode;Navn;Slags;Hører under\n", lambda n: f"u-{n};Navn {n};Enhed;cby\n"),
        ("people", "Brugernavn;Navn;Roller;Køer;Kompetencer;Initialer;Enhed\n",
         lambda n: f"p{n};Person {n};Kontaktcentermedarbejder: tmf;tmf-byliv;byliv 2;p{n};cby\n"),
    ):  # fmt: skip
        few, many = asked(kind, header, line, 3, 0), asked(kind, header, line, 300, 10)
        assert many <= few + 4, (kind, few, many)


def test_roles_given_by_a_table_hold_from_today(world: World) -> None:
    written(world, "people", "Brugernavn;Navn;Roller\nukendt;Ukendt Uldum;Teamleder: tmf; Planlægger: hele kommunen\n"
            .replace("tmf; P", "tmf, P"))  # fmt: skip
    roles = set(RoleAssignment.objects.filter(person=world.ukendt).values_list("role", "unit__code", "valid_from"))
    assert roles == {("team_leader", "tmf", TODAY), ("planner", None, TODAY)}
    assert date(2026, 3, 11) == TODAY


def test_initials_of_somebody_else_are_refused_and_ones_own_entry_is_shown_before_it_is_taken(world: World) -> None:
    entry = world.directory["aase"]
    head = "Brugernavn;Navn;E-mail;Initialer;Telefon\n"
    refusal = (2, "Initialer", f"Initialerne tilhører {entry.name} i telefonbogen.")
    assert reasons(plan("people", f"{head}nina;Nina Ny;nina@example.org;{entry.initials};\n")) == [refusal]
    own = f"{head}aase;{entry.name};;{entry.initials};33 66 99 99\n"
    planned = plan("people", own)
    assert [(each.column, each.after) for each in planned.rows[0].changes] == [
        ("Initialer", entry.initials), ("Telefon", "33 66 99 99"),
    ]  # fmt: skip
    seen = planned.digest()
    DirectoryEntry.objects.filter(pk=entry.pk).update(phone="+4533660000")
    assert plan("people", own).digest() != seen
    Person.objects.filter(username="bo").update(entry=entry)
    assert reasons(plan("people", own)) == [refusal]


def test_the_entry_of_a_closed_account_can_be_taken_and_stays_its_own_until_then(world: World) -> None:
    entry = world.directory["aase"]
    Person.objects.filter(pk=world.bo.pk).update(entry=entry, is_active=False)
    head = "Brugernavn;Navn;E-mail;Initialer;Telefon\n"
    assert reasons(plan("people", f"{head}bo;{world.bo.name};;{entry.initials};33 66 99 99\n")) == []
    written(world, "people", f"{head}aase;{entry.name};;{entry.initials};\n")
    assert Person.objects.get(username="aase").entry == entry
    refusal = (2, "Initialer", f"Initialerne tilhører {entry.name} i telefonbogen.")
    assert reasons(plan("people", f"{head}bo;{world.bo.name};;{entry.initials};33 66 99 99\n")) == [refusal]


def test_an_entry_that_somebody_else_has_got_meanwhile_is_not_given_by_a_table(world: World) -> None:
    entry = world.directory["aase"]
    planned = plan("people", f"Brugernavn;Navn;Initialer\naase;{entry.name};{entry.initials}\n")
    people.link_entry(world.bo, entry, by=world.finn, at=MORNING)
    with pytest.raises(RefusedChange, match=world.bo.name), transaction.atomic():
        KINDS["people"].write(planned, by=world.finn, at=MORNING)
    assert list(Person.objects.filter(entry=entry)) == [world.bo]


def test_a_unit_is_not_moved_below_a_refused_one(world: World) -> None:
    text = "Kode;Navn;Slags;Hører under;Telefon\nny;Ny;Enhed;tmf;12\ncby;Center for Byer;Center;ny;\n"
    planned = plan("units", text)
    assert [(each.line, each.column) for each in planned.problems] == [(2, "Telefon"), (3, "Hører under")]
    KINDS["units"].write(planned, by=world.finn, at=MORNING)
    assert Unit.objects.get(code="cby").name == world.units["cby"].name


@pytest.mark.parametrize("code", ["Skilte", "skilte_1", "SKILTE"])
def test_a_new_code_has_lower_case_letters_and_a_present_one_is_left(world: World, code: str) -> None:
    refusal = "En ny kode må kun rumme små bogstaver fra a til z, tal og bindestreg."
    text = f"Kode;Navn;Enhed\n{code};Skilte;cby\n"
    assert reasons(plan("services", text)) == [(2, "Kode", refusal)]
    assert reasons(plan("units", f"Kode;Navn;Slags;Hører under\n{code};Skilte;Enhed;tmf\n")) == [(2, "Kode", refusal)]
    Service.objects.filter(code="affald").update(code=code)
    assert reasons(plan("services", text)) == []


def test_what_somebody_knows_counts_once_when_it_is_named_twice(world: World) -> None:
    name = Service.objects.get(code="affald").name
    written(world, "directory", f'Navn;Initialer;Enhed;Ydelser\nNy Nygaard;nyny;cby;"{name}; affald"\n')
    assert [each.code for each in DirectoryEntry.objects.get(initials="nyny").services.all()] == ["affald"]


def test_what_people_know_is_read_in_with_the_directory_and_can_be_repeated(world: World) -> None:
    head = "Navn;Initialer;Enhed;Ved noget om;Ydelser;Ærinder\n"
    text = f'{head}Åse Ålborg;aase;cby;Kviste;"byggetegninger; Byggetilladelser";status\nNy Nygaard;nyny;cby;;affald;\n'
    planned = written(world, "directory", text)
    assert states(planned) == ["changed", "new"]
    assert [(each.column, each.after) for each in planned.rows[0].changes] == [
        ("Ved noget om", "Kviste"), ("Ydelser", "byggetegninger; byggetilladelse"), ("Ærinder", "status"),
    ]  # fmt: skip
    assert [each.code for each in DirectoryEntry.objects.get(initials="nyny").services.all()] == ["affald"]
    assert states(plan("directory", text)) == ["same", "same"]
    assert states(plan("directory", text.replace("affald", ""))) == ["same", "changed"]
    assert reasons(plan("directory", f"{head}Ny Nygaard;nyny;cby;;affalt;\n")) == [
        (2, "Ydelser", "“affalt” findes ikke. Mente du “affald”?")
    ]


def test_old_numbers_lead_to_one_place_or_say_what_to_do(world: World) -> None:
    text = (
        "Nummer;Navn;Indgang;Kø;Enhed;Besked\n"
        "35 30 35 30;SUF omstillingscentral;Hovednummeret;;;\n"
        "70 80 70 60;Borgerservice;;kff-borger;;\n"
        "33 66 66 33;Københavner Information;;;;Ring til 33 66 33 66\n"
        "33 17 33 17;SOF omstillingscentral;33 66 33 66;;kff;\n"
    )
    assert reasons(plan("former-numbers", text)) == [(5, "", "Vælg kun ét sted: en indgang, en kø eller en enhed.")]
    text = text.replace(
        "33 17 33 17;SOF omstillingscentral;33 66 33 66;;kff;\n", "33 17 33 17;Socialforvaltningen;33 66 33 66;;;\n"
    )
    assert states(written(world, "former-numbers", text)) == ["new", "new", "new", "changed"]
    assert states(plan("former-numbers", text)) == ["same"] * 4
    assert FormerNumber.objects.get(number="+4570807060").queue == world.queues["kff-borger"]
    assert reasons(plan("former-numbers", "Nummer;Navn\n38 88 88 88;Ingen\n")) == [
        (2, "", "Vælg, hvor nummeret fører hen nu, eller skriv, hvad den, der ringer, skal vide.")
    ]


# --- Numbers of other municipalities -----------------------------------------------------------

_SERIES = (
    "Fra;Til;Kommune;Hovednummer\n"
    "39 98 00 00;39 98 99 99;Fjordby Kommune;39 98 00 00\n"
    "4597;;Bakkerup Kommune;\n"
    "+4640;;Skånestad;+46401234567\n"
)


def test_number_series_are_imported_as_ranges_and_beginnings_and_again_without_doubling(world: World) -> None:
    assert states(written(world, "number-series", _SERIES)) == ["new"] * 3
    rows = ElsewhereSeries.objects.values_list("first", "last", "municipality", "number")
    assert set(rows) == {
        ("+4539980000", "+4539989999", "Fjordby Kommune", "+4539980000"), ("+454597", "", "Bakkerup Kommune", ""),
        ("+4640", "", "Skånestad", "+46401234567"),
    }  # fmt: skip
    assert states(plan("number-series", _SERIES)) == ["same"] * 3
    assert states(plan("number-series", _SERIES.replace("Bakkerup", "Ny Bakkerup"))) == ["same", "changed", "same"]


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("4;;Fjordby;", "Fra"), ("abc;;Fjordby;", "Fra"), ("+45;;Fjordby;", "Fra"), (";;Fjordby;", "Fra"),
        ("39980000;3998;Fjordby;", "Til"), ("39989999;39980000;Fjordby;", "Til"), ("3998;;;", "Kommune"),
        ("3998;;Fjordby;xyz", "Hovednummer"), ("1234567890123456;;Fjordby;", "Fra"),
    ],
)  # fmt: skip
def test_a_series_that_is_none_is_refused_at_its_cell(world: World, line: str, column: str) -> None:
    found = reasons(plan("number-series", f"Fra;Til;Kommune;Hovednummer\n{line}\n"))
    assert [(number, name) for number, name, _why in found] == [(2, column)]


def test_the_same_series_twice_in_a_file_is_refused(world: World) -> None:
    found = reasons(plan("number-series", "Fra;Til;Kommune\n3998;;Fjordby\n39 98;;Bakkerup\n"))
    assert {column for _line, column, _why in found} == {"Fra"}
