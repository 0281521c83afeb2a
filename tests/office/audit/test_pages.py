"""The pages of the audit trail: changes and looks, with filters and pages."""

from __future__ import annotations

import ast
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.test import Client
from django.urls import reverse

import indgang
from indgang.accounts import people
from indgang.audit import patterns, trail
from indgang.audit.models import Change, Look
from indgang.core import clock
from indgang.enquiries import parties
from indgang.office.audit.phrases import EARLIER_NOUNS, NOUNS, VERBS, action_phrase
from tests.world import MORNING


@pytest.fixture
def finn(client: Client, world: Any) -> Client:
    client.force_login(world.finn)
    return client


def _record(by: Any, target: Any, minutes: int = 0, **more: Any) -> Change:
    with transaction.atomic():
        at = MORNING + timedelta(minutes=minutes)
        return trail.record(by=by, at=at, target=target, **{"action": "person.edit"} | more)


@pytest.mark.django_db
def test_a_change_shows_who_did_what_and_what_it_was_before(finn: Client, world: Any) -> None:
    people.edit(world.anna, name="Anna Ny", email="", language="da", by=world.finn, at=MORNING)
    text = finn.get(reverse("office:changes")).content.decode()
    assert "Medarbejder: ændret" in text
    assert "Anna Ny" in text
    assert "<del>Anna Agerbæk</del>" in text
    assert world.finn.name in text


@pytest.mark.django_db
def test_changes_are_found_by_person_kind_and_day(finn: Client, world: Any) -> None:
    _record(world.eva, world.anna, why="mærke-et")
    _record(world.finn, world.bo, minutes=24 * 60, why="mærke-to")
    url = reverse("office:changes")

    def found(**query: str) -> list[bool]:
        text = finn.get(url, query).content.decode()
        return ["mærke-et" in text, "mærke-to" in text]

    assert found() == [True, True]
    assert found(who="eva") == [True, False]
    assert found(what="Bo ") == [False, True]
    assert found(noun="flow") == [False, False]
    assert found(noun="person") == [True, True]
    assert found(first="2026-03-12") == [False, True]
    assert found(last="2026-03-11") == [True, False]


@pytest.mark.django_db
def test_a_day_that_is_no_day_is_said_and_the_filter_stays(finn: Client, world: Any) -> None:
    answer = finn.get(reverse("office:changes"), {"first": "i går", "who": "eva"})
    assert answer.status_code == 422
    assert 'value="eva"' in answer.content.decode()


@pytest.mark.django_db
def test_the_trail_is_paged_and_keeps_the_filter(finn: Client, world: Any) -> None:
    for minute in range(60):
        _record(world.eva, world.anna, minutes=minute)
    first = finn.get(reverse("office:changes"), {"who": "eva"}).content.decode()
    assert "Side 1 af 2" in first
    assert "?who=eva&amp;page=2" in first
    assert "Side 2 af 2" in finn.get(reverse("office:changes"), {"who": "eva", "page": "2"}).content.decode()


@pytest.mark.django_db
def test_looks_at_a_history_are_listed(finn: Client, world: Any) -> None:
    trail.look(by=world.anna, at=MORNING, subject=world.bo, page="desk.story")
    text = finn.get(reverse("office:looks")).content.decode()
    assert world.anna.name in text
    assert "desk.story" in text


@pytest.mark.django_db
def test_a_look_says_whom_it_was_about_by_todays_name_why_and_who_has_gone_through_it(
    finn: Client, client: Client, world: Any
) -> None:
    mona = parties.create(kind="citizen", name="Mona Lisbjerg", by=world.anna, at=MORNING)
    hidden = parties.create(kind="citizen", name="Karla Skjult", protected=True, by=world.anna, at=MORNING)
    parties.look([mona, hidden], by=world.anna, at=MORNING, page="desk.party_search", why="Hun ringer nu")
    assert not Look.objects.filter(subject_label__contains="Lisbjerg").exists(), "the trail outlives the name"
    assert "Lisbjerg" not in str(list(Change.objects.values()))
    text = finn.get(reverse("office:looks"), {"what": "lisbjerg"}).content.decode()
    assert "Mona Lisbjerg" in text
    assert "Hun ringer nu" in text
    assert "Pladsen: søgning efter part" in text
    everything = finn.get(reverse("office:looks")).content.decode()
    assert "K. S." in everything
    assert "Skjult" not in everything
    look = Look.objects.get(subject_id=str(mona.pk))
    finn.post(reverse("office:look-review", args=[look.pk]), {"note": "Spurgt og i orden"})
    assert "Spurgt og i orden" in finn.get(reverse("office:looks")).content.decode()
    mona.delete()
    assert "Mona" not in finn.get(reverse("office:looks")).content.decode()


@pytest.mark.django_db
def test_everybody_sees_their_own_looks_and_nobody_elses(client: Client, world: Any) -> None:
    trail.look(by=world.anna, at=MORNING, subject=world.bo, page="desk.story")
    trail.look(by=world.bo, at=MORNING, subject=world.clara, page="desk.other")
    client.force_login(world.anna)
    text = client.get(reverse("office:own-looks")).content.decode()
    assert "desk.story" in text
    assert "desk.other" not in text


@pytest.mark.django_db
def test_what_stands_out_among_looks_is_listed(finn: Client, world: Any) -> None:
    party = parties.create(kind="citizen", name="Mona Lisbjerg", by=world.anna, at=MORNING)
    for day in range(5):
        trail.look(by=world.anna, at=MORNING - timedelta(days=day), subject=party, page="desk.caller")
    for minute in range(40):
        trail.look(by=world.bo, at=MORNING - timedelta(minutes=minute), subject=world.clara, page="desk.caller")
    trail.look(by=world.clara, at=MORNING - timedelta(hours=7), subject=party, page="desk.caller")
    found = {(each.kind, each.who.partition(" ")[0], each.count) for each in patterns.odd(at=MORNING + timedelta(1))}
    assert found == {("same", "Anna", 5), ("many", "Bo", 40), ("night", "Clara", 1)}
    with clock.frozen(MORNING + timedelta(hours=1)):
        finn.force_login(world.finn)
        text = finn.get(reverse("office:odd-looks")).content.decode()
    assert "Den samme person slået op igen og igen" in text
    assert "Mona Lisbjerg" in text


@pytest.mark.django_db
def test_a_mark_of_protection_is_set_and_taken_off_with_a_trace(world: Any) -> None:
    party = parties.create(kind="citizen", name="Mona Lisbjerg", by=world.anna, at=MORNING)
    for protected in (True, True, False):
        assert parties.protect(party, protected=protected, by=world.finn, at=MORNING).protected is protected
    assert Change.objects.filter(action="party.protect").count() == 2


@pytest.mark.django_db
def test_an_agent_may_not_read_the_trail(client: Client, world: Any) -> None:
    client.force_login(world.anna)
    assert client.get(reverse("office:changes")).status_code == 403
    assert client.get(reverse("office:looks")).status_code == 403


@pytest.mark.django_db
def test_one_whose_right_covers_some_units_sees_what_their_people_did(client: Client, world: Any) -> None:
    unit = world.units["bif"]
    people.give_role(
        world.ukendt, role="administrator", unit=unit, valid_from=MORNING.date(), by=trail.System("t"), at=MORNING
    )
    _record(world.otto, world.otto, why="mærke-otto")
    _record(world.eva, world.anna, why="mærke-eva")
    client.force_login(world.ukendt)
    text = client.get(reverse("office:changes")).content.decode()
    assert "mærke-otto" in text
    assert "mærke-eva" not in text


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("sql", ["UPDATE audit_change SET by_label = 'x'", "DELETE FROM audit_change"])
def test_the_database_itself_refuses_to_change_the_trail(world: Any, sql: str) -> None:
    _record(world.eva, world.anna)
    with pytest.raises(ProgrammingError, match="never changed"), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.django_db
def test_a_change_is_never_recorded_outside_its_transaction(world: Any) -> None:
    with pytest.raises(trail.OutsideTransaction):
        trail.record(by=world.eva, at=MORNING, action="person.edit", target=world.anna)


def test_every_action_that_is_recorded_has_words() -> None:
    actions = {word for path in Path(indgang.__file__).parent.rglob("*.py") for word in _actions(path)}
    assert "person.create" in actions
    wordless = {action for action in actions if action.partition(".")[0] not in NOUNS}
    wordless |= {action for action in actions if action.partition(".")[2] not in VERBS}
    assert not wordless
    assert action_phrase("flow.publish") == "Opkaldsforløb: udgivet"


@pytest.mark.django_db
@pytest.mark.parametrize(("earlier", "now"), EARLIER_NOUNS.items())
def test_a_change_recorded_under_an_earlier_noun_is_found_under_the_present_one(
    finn: Client, world: Any, earlier: str, now: str
) -> None:
    _record(world.eva, world.anna, action=f"{earlier}.delete", why="mærke-et")
    text = finn.get(reverse("office:changes"), {"noun": now}).content.decode()
    assert "mærke-et" in text
    assert action_phrase(f"{now}.delete") in text


#: functions of the product that take the name of the action among their first values
_RECORDING = ("tell", "_note", "_tell", "_set_active", "_record")
_MAY_RECORD = re.compile(rf"\baction\s*=|\b({'|'.join(_RECORDING)})\b")


def _actions(path: Path) -> set[str]:
    """Returns the action names in all calls that record an action, directly or through a function of the product."""
    found: set[str] = set()
    source = path.read_text(encoding="utf-8")
    # parsing the others would take most of the time
    if not _MAY_RECORD.search(source):
        return found
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        keywords = [keyword.value for keyword in node.keywords if keyword.arg == "action"]
        first = node.args if name in _RECORDING else []
        for value in [*keywords, *first]:
            text = value.value if isinstance(value, ast.Constant) else ""
            if isinstance(text, str) and text.count(".") == 1 and text.replace(".", "").replace("_", "").isalpha():
                found.add(text)
    return found


@pytest.mark.django_db
def test_many_changes_at_once_name_parties_by_their_number_as_one_does(world: Any) -> None:
    party = parties.create(kind="citizen", name="Mona Lisbjerg", number="+4528913372", by=world.anna, at=MORNING)
    with transaction.atomic():
        trail.record_all([("party.edit", party, {}, {})], by=world.finn, at=MORNING)
    assert Change.objects.get(action="party.edit").target_label == trail.label_of(party)
    assert not Change.objects.filter(target_label__contains="Lisbjerg").exists()
