"""Units, centres, services, purposes and the directory: changed through actions, with trail and refusals."""

from __future__ import annotations

from datetime import date

import pytest

from indgang.audit.models import Change
from indgang.catalogue import centres, directory, offering, units
from indgang.catalogue.models import CaseTopic, DirectoryEntry, Service, Unit
from indgang.catalogue.offering import LocalLine
from indgang.core.refusals import RefusedChange
from tests.world import MORNING, World

TODAY = date(2026, 3, 11)


def test_moving_a_unit_takes_everything_below_along(world: World) -> None:
    units.move(world.units["ctb"], parent=world.units["kff"], by=world.finn, at=MORNING)
    assert Unit.objects.get(code="ctb-byliv").path == "kk/kff/ctb/ctb-byliv/"
    assert Unit.objects.get(code="cby").path == "kk/tmf/cby/"
    assert Change.objects.get(action="unit.move").after["path"] == "kk/kff/ctb/"


def test_a_unit_cannot_hang_below_itself(world: World) -> None:
    with pytest.raises(RefusedChange, match="under sig selv"):
        units.move(world.units["tmf"], parent=world.units["ctb-byliv"], by=world.finn, at=MORNING)


def test_a_new_unit_lies_below_its_parent(world: World) -> None:
    made = units.add(
        parent=world.units["cmb"], code="cmb-stoej", kind=Unit.Kind.UNIT, name="Støjgener", by=world.finn, at=MORNING
    )
    assert world.units["tmf"].contains(made)


def test_a_code_that_is_taken_is_refused_by_its_field(world: World) -> None:
    with pytest.raises(RefusedChange) as refused:
        units.add(parent=world.units["kk"], code="tmf", kind=Unit.Kind.UNIT, name="En til", by=world.finn, at=MORNING)
    assert "code" in refused.value.reasons


def test_an_end_before_the_beginning_is_refused(world: World) -> None:
    with pytest.raises(RefusedChange, match="Slutdatoen"):
        centres.save(world.centres["tmf"], valid_from=TODAY, valid_to=date(2026, 3, 1), by=world.finn, at=MORNING)


def test_saving_without_changing_anything_leaves_no_trace(world: World) -> None:
    centres.save(world.centres["tmf"], name="TMF kontaktcenter", by=world.finn, at=MORNING)
    assert not Change.objects.exists()


def test_the_trail_holds_only_what_changed(world: World) -> None:
    centres.save(world.centres["tmf"], name="Erhvervscentret", site="Njalsgade", by=world.finn, at=MORNING)
    change = Change.objects.get(action="contactcentre.change")
    assert change.before == {"name": "TMF kontaktcenter", "site": ""}
    assert change.by_id == f"person:{world.finn.pk}"


def test_services_are_found_by_the_words_people_use(world: World) -> None:
    assert [each.code for each in offering.search("loppemarked", on=TODAY)] == ["arrangement"]
    assert [each.code for each in offering.search("byliv café", on=TODAY)] == ["udeservering"]


def test_a_service_that_has_ended_is_not_found(world: World) -> None:
    Service.objects.filter(code="arrangement").update(valid_to=TODAY)
    assert not offering.search("loppemarked", on=TODAY)


@pytest.mark.parametrize(("cases", "volume"), [(1499, "small"), (1500, "large")])
def test_a_service_is_large_from_1500_cases_a_year(world: World, cases: int, volume: str) -> None:
    service = offering.save_service(world.services["affald"], cases_per_year=cases, by=world.finn, at=MORNING)
    assert service.volume == volume


def test_a_local_list_keeps_lines_that_stay_and_ends_those_that_go(world: World) -> None:
    service = world.services["arrangement"]
    stays = service.local_purposes.first()
    assert stays is not None
    offering.set_local_purposes(
        service,
        [LocalLine("Noget nyt", world.purposes["andet"]), LocalLine(stays.name, stays.purpose)],
        by=world.finn,
        at=MORNING,
        today=TODAY,
    )
    assert [row.name for row in service.local_purposes.valid_on(TODAY)] == ["Noget nyt", stays.name]
    assert service.local_purposes.get(name=stays.name).pk == stays.pk
    assert service.local_purposes.filter(valid_to=TODAY).count() == 3
    said = LocalLine(stays.name, stays.purpose, CaseTopic.YES)
    offering.set_local_purposes(service, [said], by=world.finn, at=MORNING, today=TODAY)
    assert service.local_purposes.filter(name=stays.name).count() == 2, (
        "what was registered before keeps what was said then"
    )


def test_the_directory_is_in_danish_order(world: World) -> None:
    assert [each.initials for each in directory.search("", on=TODAY)] == ["dade", "aero", "aase"]


@pytest.mark.parametrize(
    "asked",
    [
        "33 66 20 02",
        "+45 33662002",
        "altaner",
        "åse å",
        "AASE",
        "(+45) 33/66/20/02",
        "tlf. 33–66–20–02",
        "2002",
    ],
)
def test_an_entry_is_found_by_number_name_subject_or_initials(world: World, asked: str) -> None:
    assert [each.initials for each in directory.search(asked, on=TODAY)] == ["aase"]


def test_the_directory_can_be_narrowed_to_a_unit_and_those_below(world: World) -> None:
    found = directory.search("", on=TODAY, unit=world.units["tmf"])
    assert {each.initials for each in found} == {"dade", "aase"}


def test_a_number_is_stored_as_it_is_dialled(world: World) -> None:
    entry = directory.save(
        DirectoryEntry(),
        name="Ny",
        unit=world.units["cby"],
        phone="tlf. 33 66/20 09",
        mobile="1813",
        by=world.finn,
        at=MORNING,
    )
    assert (entry.phone, entry.mobile) == ("+4533662009", "1813")


def test_service_numbers_are_listed_and_parts_of_numbers_are_not_taken_for_them(world: World) -> None:
    for name, phone in (("Alarm", "112"), ("Nabo", "33112112"), ("Lokal", "5200")):
        directory.save(DirectoryEntry(), name=name, unit=world.units["cby"], phone=phone, by=world.finn, at=MORNING)
    assert [each.name for each in directory.search("112", on=TODAY)] == ["Alarm"]
    assert [each.name for each in directory.search("5200", on=TODAY)] == ["Lokal"]


def test_a_units_number_is_stored_as_it_is_dialled(world: World) -> None:
    assert units.change(world.units["cby"], phone="33 66 10 00", by=world.finn, at=MORNING).phone == "+4533661000"
    with pytest.raises(RefusedChange):
        units.change(world.units["cby"], phone="33 66 10", by=world.finn, at=MORNING)


def test_a_number_that_no_telephone_could_ring_is_refused(world: World) -> None:
    with pytest.raises(RefusedChange) as refused:
        directory.save(DirectoryEntry(), name="Ny", unit=world.units["cby"], phone="12", by=world.finn, at=MORNING)
    assert "phone" in refused.value.reasons
