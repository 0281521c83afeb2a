"""Looking cases up for a person: by an agreement alone, and always with a look in the trail."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from indgang.accounts import sealing
from indgang.audit.models import Change, Look
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.registers import agreements, asking, look_up
from indgang.registers.contract import Case, CaseField, RegisterFault, SearchBy, Terms
from indgang.registers.models import CaseAgreement
from tests.enquiries.told_calls import talking
from tests.registers import servers
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db

TODAY = day_of(MORNING)


def values_of(terms: Terms, adapter: str = "rest", **changed: Any) -> dict[str, Any]:
    return {
        "name": "Byggesager", "reference": "2026-1", "adapter": adapter, "address": terms.address,
        "place": terms.place, "searches": {str(by): where for by, where in terms.searches.items()},
        "sources": dict(terms.sources), "given": [str(each) for each in sorted(terms.given)],
        "statuses": dict(terms.statuses), "asks_at_once": False, "valid_from": TODAY, "valid_to": None,
    } | changed  # fmt: skip


def agreed(world: World, terms: Terms, adapter: str = "rest", units: tuple[str, ...] = ("cby",), **changed: Any) -> Any:
    return agreements.save(
        CaseAgreement(), values_of(terms, adapter, **changed), units=[world.units[code] for code in units],
        secret=terms.secret, by=world.finn, at=MORNING,
    )  # fmt: skip


def look(world: World, agreement: CaseAgreement, search: SearchBy, value: str) -> look_up.CaseAnswer:
    enquiry = talking(world.anna)
    return look_up.look_up(agreement, search, value, subject=enquiry, page="desk.cases", by=world.anna, at=MORNING)


@pytest.mark.parametrize("adapter", ["rest", "sql_view"])
def test_a_look_gives_what_the_agreement_gives_and_is_in_the_trail_with_its_enquiry(
    world: World, rest_terms: Terms, sql_terms: Terms, settings: Any, adapter: str
) -> None:
    terms = rest_terms if adapter == "rest" else sql_terms
    settings.REGISTER_ADDRESSES = (terms.address,)
    agreement = agreed(world, terms, adapter, given=["status"])
    answer = look(world, agreement, SearchBy.NUMBER, " 2026-0412 ")
    assert answer.cases == (Case("2026-0412", status="Under behandling"),)
    (row,) = Look.objects.filter(page="desk.cases")
    assert (row.subject_type, row.by_id) == ("enquiries.enquiry", world.anna.audit_id)
    assert row.why == "Byggesager: sagsnummer 2026-0412. 2026-0412"


def test_the_trail_keeps_no_telephone_number(world: World, rest_terms: Terms) -> None:
    answer = look(world, agreed(world, rest_terms), SearchBy.TELEPHONE, "99 99 01 01")
    assert [case.number for case in answer.cases] == ["2026-0412", "2026-0377"]
    assert Look.objects.get(page="desk.cases").why == "Byggesager: telefonnummer. 2026-0412, 2026-0377"


def test_a_system_that_does_not_answer_is_told_and_the_look_is_kept(
    world: World, rest_terms: Terms, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "ANSWER_SECONDS", 0.2)
    with servers.http(lambda handler: time.sleep(2)) as root:
        settings.REGISTER_ADDRESSES = (root,)
        answer = look(world, agreed(world, rest_terms, address=root), SearchBy.NUMBER, "2026-0412")
    assert (answer.cases, answer.fault) == ((), RegisterFault.SLOW)
    assert Look.objects.get(page="desk.cases").why.endswith("intet svar")


@pytest.mark.parametrize(
    ("search", "value"),
    [
        (SearchBy.NUMBER, ""), (SearchBy.NUMBER, "9" * 61), (SearchBy.NUMBER, "010190-1234"), (SearchBy.CVR, "1"),
        (SearchBy.CVR, "10000010"), (SearchBy.TELEPHONE, "anonymous"), (SearchBy.TELEPHONE, "112"),
        (SearchBy.TELEPHONE, "x"),
    ],
)  # fmt: skip
def test_what_cannot_be_looked_up_is_refused_and_nothing_is_asked(
    world: World, rest_terms: Terms, search: SearchBy, value: str
) -> None:
    with pytest.raises(RefusedChange):
        look(world, agreed(world, rest_terms), search, value)
    assert not Look.objects.filter(page="desk.cases").exists()


def test_a_search_or_a_day_outside_the_agreement_is_refused(world: World, rest_terms: Terms) -> None:
    agreement = agreed(world, rest_terms, searches={"number": "sager?sagsnummer={value}"})
    with pytest.raises(RefusedChange):
        look(world, agreement, SearchBy.CVR, "10000009")
    agreements.end(agreement, on=TODAY + timedelta(days=1), by=world.finn, at=MORNING)
    ended = Change.objects.get(action="caseagreement.end")
    assert (ended.before, ended.after) == ({"valid_to": None}, {"valid_to": str(TODAY + timedelta(days=1))})
    agreement.refresh_from_db()
    with pytest.raises(RefusedChange):
        look_up.look_up(
            agreement, SearchBy.NUMBER, "2026-0412", subject=world.bakery, page="desk.cases", by=world.anna,
            at=MORNING + timedelta(days=1),
        )  # fmt: skip
    assert not Look.objects.exists()


def test_only_those_who_may_on_the_branch_of_a_unit_have_the_system(world: World, rest_terms: Terms) -> None:
    agreement = agreed(world, rest_terms)
    assert agreements.of(world.anna, TODAY) == [agreement], "an agent of the administration above the unit"
    assert agreements.of(world.otto, TODAY) == [], "an agent of another administration"
    assert agreements.of(world.gerda, TODAY) == [], "a planner"
    assert agreements.of(world.anna, TODAY - timedelta(days=1)) == []


@pytest.mark.parametrize("adapter", ["rest", "sql_view"])
def test_a_look_gives_the_cases_of_the_services_of_the_agreement_alone(
    world: World, rest_terms: Terms, sql_terms: Terms, settings: Any, adapter: str
) -> None:
    terms = rest_terms if adapter == "rest" else sql_terms
    settings.REGISTER_ADDRESSES = (terms.address,)
    agreement = agreed(world, terms, adapter)
    assert len(look(world, agreement, SearchBy.CVR, "10000009").cases) == 2
    give(world, agreement, terms, adapter, FAC=world.services["byggetilladelse"])
    answer = look(world, agreement, SearchBy.CVR, "10000009")
    assert [case.number for case in answer.cases] == ["2026-0412"]
    assert look(world, agreement, SearchBy.NUMBER, "2026-0377").cases == ()
    assert Look.objects.filter(page="desk.cases").first().why == "Byggesager: sagsnummer 2026-0377. ingen sager"  # type: ignore[union-attr]
    change = Change.objects.get(action="caseagreement.services")
    assert (change.before, change.after) == ({"services": {}}, {"services": {"FAC": "byggetilladelse"}})
    give(world, agreement, terms, adapter)
    assert len(look(world, agreement, SearchBy.CVR, "10000009").cases) == 2


def give(world: World, agreement: CaseAgreement, terms: Terms, adapter: str, **services: Any) -> None:
    agreements.save(
        agreement, values_of(terms, adapter), units=[world.units["cby"]], services=services, by=world.finn, at=MORNING
    )


def test_a_unit_gives_no_cases_of_the_services_of_others(world: World, rest_terms: Terms) -> None:
    agreement = agreed(world, rest_terms)
    with pytest.raises(RefusedChange) as refused:
        give(world, agreement, rest_terms, "rest", ARR=world.services["arrangement"])
    assert list(refused.value.reasons) == ["services"]
    sources = {name: where for name, where in rest_terms.sources.items() if name != "service"}
    with pytest.raises(RefusedChange) as refused:
        give(world, agreement, replace(rest_terms, sources=sources), "rest", FAC=world.services["byggetilladelse"])
    assert list(refused.value.reasons) == ["source_service"]


def test_the_secret_is_sealed_and_never_in_the_trail(world: World, rest_terms: Terms) -> None:
    agreement = agreed(world, rest_terms)
    assert servers.TOKEN not in str(CaseAgreement.objects.values()) + str(Change.objects.values())
    assert sealing.unseal(agreement.secret, "case_system") == servers.TOKEN
    agreements.save(
        agreement, values_of(rest_terms, name="Sager"), units=[world.units["cmb"]], by=world.finn, at=MORNING
    )
    assert agreements.terms(agreement).secret == servers.TOKEN, "an empty secret keeps the present one"
    done = Change.objects.order_by("pk").values_list("action", flat=True)
    assert list(done) == [
        "caseagreement.add", "caseagreement.secret", "caseagreement.units", "caseagreement.change",
        "caseagreement.units",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"address": "https://evil.example/"}, "address"),
        ({"adapter": "sql_view"}, "address"),
        ({"adapter": "demo", "place": "findes ikke"}, "place"),
        ({"searches": {}}, "searches"),
        ({"searches": {"number": "sager"}}, "search_number"),
        ({"sources": {"number": "x"}, "given": [str(CaseField.UNIT)]}, "source_unit"),
    ],
)
def test_terms_by_which_nothing_could_be_asked_are_refused(
    world: World, rest_terms: Terms, changed: dict[str, Any], field: str
) -> None:
    with pytest.raises(RefusedChange) as refused:
        agreed(world, rest_terms, **changed)
    assert field in refused.value.reasons
    assert not CaseAgreement.objects.exists()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"place": "esdh.sag; DROP TABLE x"}, "place"),
        ({"sources": {"number": "x" * 64}, "given": []}, "source_number"),
        ({"address": "postgresql://127.0.0.1:1/sager?host=/tmp"}, "address"),
        ({"address": "postgresql://127.0.0.1:1/sager?sslmode=never"}, "address"),
    ],
)
def test_terms_of_a_view_are_checked(world: World, settings: Any, changed: dict[str, Any], field: str) -> None:
    settings.REGISTER_ADDRESSES = ("postgresql://127.0.0.1:1/sager",)
    terms = Terms(
        "postgresql://127.0.0.1:1/sager", "esdh.sag", searches={SearchBy.NUMBER: "number"}, sources={"number": "number"}
    )
    with pytest.raises(RefusedChange) as refused:
        agreed(world, terms, "sql_view", **changed)
    assert field in refused.value.reasons


def test_the_trail_names_every_case_that_was_seen(
    world: World, rest_terms: Terms, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = [Case(f"2026-{number:04}-{'x' * 150}") for number in range(20)]
    monkeypatch.setattr(asking, "ask", lambda *_args, **_more: seen)
    look(world, agreed(world, rest_terms), SearchBy.TELEPHONE, "99 99 01 01")
    why = Look.objects.get(page="desk.cases").why
    assert all(case.number in why for case in seen)
