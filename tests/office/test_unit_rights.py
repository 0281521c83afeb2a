"""Each object in the office belongs to a unit or to all, and nobody changes an object of another unit.

The attempts are made by an administrator of BIF who also has every other role there. The administrator of all units
sends the same requests and succeeds, which shows that the requests are valid.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.test import Client

from indgang.accounts.models import RoleAssignment
from indgang.accounts.roles import ROLES
from indgang.audit.models import Change
from indgang.catalogue.models import Unit
from indgang.entry.models import Alert, DeadLetter, FlowVersion, Greeting, Prompt, Queue, QueueMessage
from indgang.entry.setup import disturbances
from indgang.knowledge.models import News, Policy, SynonymGroup
from tests.office.conftest import SignIn
from tests.office.knowledge import house
from tests.office.queues.test_queues import queue_fields
from tests.office.sounds import sound
from tests.rows import contents
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db

#: the apps whose tables change with any request
BESIDE = {"audit", "live", "sessions", "axes", "procrastinate", "contenttypes", "auth"}

Made = dict[str, Any]
Attempt = Callable[[World, Made], tuple[str, dict[str, Any]]]


@pytest.fixture
def local(world: World, as_person: SignIn) -> Client:
    """A client signed in with every role for BIF and the units below it."""
    for role in ROLES:
        RoleAssignment.objects.create(person=world.ukendt, role=role, unit=world.units["bif"])
    return as_person("ukendt")


@pytest.fixture
def central(world: World, as_person: SignIn) -> Client:
    """A client signed in with every role for the whole municipality."""
    for role in ROLES.keys() - {"administrator"}:  # Finn has this role already
        RoleAssignment.objects.create(person=world.finn, role=role)
    return as_person("finn")


@pytest.fixture
def made(world: World) -> Made:
    """Objects of TMF and of all units."""
    queue = world.queues["tmf-byggeri"]
    vera = house.web_editor(world)
    first = world.versions["erhverv"]
    FlowVersion.objects.create(
        flow=first.flow, number=2, definition=first.definition, created_at=MORNING, created_by="x",
        published_at=MORNING, published_by="x",
    )  # fmt: skip
    news = {"title": "Nyt", "text": "Nyt.", "shown_from": MORNING, "shown_until": MORNING + timedelta(days=9)}
    return {
        "alert": Alert.objects.create(at=MORNING, code="nobody_able", text="Byggeri", centre=world.centres["tmf"]),
        "job alert": Alert.objects.create(at=MORNING, code="job messaging.mail", text="1"),
        "exchange alert": Alert.objects.create(at=MORNING, code="exchange_asterisk", text="Asterisk"),
        "dead letter": DeadLetter.objects.create(at=MORNING, kind="DataError", error="x", content="{}"),
        "message": QueueMessage.objects.get(queue=queue),
        "prompt": Prompt.objects.create(code="ubrugt", text="Ubrugt.", unit=world.units["tmf"], updated_at=MORNING),
        "greeting": Greeting.objects.create(centre=world.centres["tmf"], prompt_code="velkomst"),
        "disturbance": disturbances.start(
            text="Nede.", centre=world.centres["tmf"], ends_at=MORNING + timedelta(hours=2), by=world.finn, at=MORNING
        ),
        "for all": disturbances.start(
            text="Nede.", centre=None, ends_at=MORNING + timedelta(hours=2), by=world.finn, at=MORNING
        ),
        "article": house.article(world, vera),
        "words": SynonymGroup.objects.create(words=["hæk", "hegn"], unit=world.units["tmf"], changed_at=MORNING),
        "all words": SynonymGroup.objects.create(words=["cykel", "jernhest"], changed_at=MORNING),
        "news": News.objects.create(service=world.services["udeservering"], **news),
        "all news": News.objects.create(**news),
    }


def schedule_of(world: World, code: str) -> int:
    return int(world.schedules[code].pk)


def bif_queue(world: World, **changed: Any) -> tuple[str, dict[str, Any]]:
    """Returns a change of the local administrator's own queue, which succeeds without `changed`."""
    own = {"name": "Erhverv", "centre": world.centres["bif"].pk, "s0-skill0": "erhverv", "s0-level0": "1"}
    fields = {key: value for key, value in queue_fields().items() if not key.startswith("s1-")}
    return "queues/bif-erhverv/", fields | own | changed


def bif_centre(world: World, **changed: Any) -> tuple[str, dict[str, Any]]:
    fields = {
        "name": "Erhvervshuset", "owner": world.units["bif"].pk, "operator": world.units["bif"].pk,
        "schedule": schedule_of(world, "keh-8-17"), "valid_from": "2020-01-01",
    }  # fmt: skip
    return "centre-setup/bif/", fields | changed


def unit_fields(world: World, **changed: Any) -> dict[str, Any]:
    return {"name": "Nyt navn", "kind": "unit", "valid_from": "2020-01-01"} | changed


def service_fields(world: World, **changed: Any) -> dict[str, Any]:
    return {"name": "Ny ydelse", "unit": world.units["bif"].pk, "valid_from": "2020-01-01"} | changed


def entry_fields(world: World, **changed: Any) -> dict[str, Any]:
    return {
        "name": "Ny Person", "unit": world.units["bif"].pk, "valid_from": "2020-01-01", "phone": "33662009",
    } | changed  # fmt: skip


def number_fields(world: World, **changed: Any) -> dict[str, Any]:
    return {
        "number": "33661099", "name": "Ny", "centre": world.centres["bif"].pk, "flow": world.flows["keh"].pk,
        "language": "da", "valid_from": "2026-01-01",
    } | changed  # fmt: skip


def news_fields(world: World, **changed: Any) -> dict[str, Any]:
    return {
        "title": "Ny", "text": "Ny.", "service": world.services["loentilskud"].pk, "shown_from": "2026-03-11T08:00",
        "shown_until": "2026-03-20T08:00",
    } | changed  # fmt: skip


def facts(world: World, **changed: Any) -> dict[str, Any]:
    return {"unit": world.units["bif"].pk, "audience": "everyone", "owner": "", "service": ""} | changed


def role_fields(world: World, **changed: Any) -> dict[str, Any]:
    return {"role": "agent", "unit": world.units["bif"].pk, "valid_from": "2026-03-11"} | changed


WEEK = {f"day{number}": "9-12" for number in range(7)} | {"from_day": "2026-03-11"}
AGENTS = "wallboard/tmf/agents"

ATTEMPTS: dict[str, Attempt] = {
    # alerts and dead letters
    "an alert": lambda w, m: (f"operations/alerts/{m['alert'].pk}/sight/", {}),
    "an alert of everybody": lambda w, m: (f"operations/alerts/{m['job alert'].pk}/sight/", {}),
    "an alert of the exchange": lambda w, m: (f"operations/alerts/{m['exchange alert'].pk}/sight/", {}),
    "a dead letter": lambda w, m: (f"operations/dead-letters/{m['dead letter'].pk}/", {}),
    # prompts and greetings
    "a text": lambda w, m: ("prompts/velkomst/", {"text_da": "Hej.", "text_en": "", "unit": w.units["bif"].pk}),
    "a text of everybody": lambda w, m: ("prompts/farvel/", {"text_da": "Hej.", "unit": w.units["bif"].pk}),
    "a text's recording": lambda w, m: ("prompts/velkomst/recording/", {"language": "da", "file": sound()}),
    "a text's end": lambda w, m: ("prompts/ubrugt/removal/", {}),
    "a new text": lambda w, m: ("prompts/", {"code": "ny", "text_da": "Ny.", "unit": w.units["tmf"].pk}),
    "a centre's greeting": lambda w, m: ("greetings/tmf/", {"text_da": "Hej.", "valid_from": "2026-03-20"}),
    "a greeting's end": lambda w, m: (f"greetings/tmf/{m['greeting'].pk}/end/", {}),
    # queues
    "a queue": lambda w, m: ("queues/tmf-byggeri/", queue_fields(priority="3")),
    "a new queue": lambda w, m: ("queues/", {"name": "Ny", "centre": w.centres["tmf"].pk}),
    "a queue's new message": lambda w, m: (
        "queues/tmf-byggeri/messages/",
        {"prompt_code": "farvel", "every_seconds": "45", "order": "0", "active": "on", "valid_from": "2026-01-01"},
    ),
    "a queue's message": lambda w, m: (
        f"queues/tmf-byggeri/messages/{m['message'].pk}/",
        {"prompt_code": "farvel", "every_seconds": "45", "order": "0", "active": "on", "valid_from": "2026-01-01"},
    ),
    "a message by another queue": lambda w, m: (f"queues/tmf-byggeri/messages/{m['message'].pk}/removal/", {}),
    "the safe queue": lambda w, m: bif_queue(w, is_safe="on"),
    "a queue's centre": lambda w, m: bif_queue(w, centre=w.centres["tmf"].pk),
    "a queue's unit": lambda w, m: bif_queue(w, unit=w.units["cby"].pk),
    "a queue's hours": lambda w, m: bif_queue(w, schedule=schedule_of(w, "tmf-9-16")),
    "other queues' people": lambda w, m: bif_queue(w, **{"s0-also": ["tmf-byliv"]}),
    # numbers and flows
    "a number": lambda w, m: (f"entry-points/{w.entry_points['+4533661000'].pk}/", number_fields(w)),
    "a new number's centre": lambda w, m: ("entry-points/new/", number_fields(w, centre=w.centres["tmf"].pk)),
    "a new number's flow": lambda w, m: ("entry-points/new/", number_fields(w, flow=w.flows["erhverv"].pk)),
    "a new flow": lambda w, m: ("flows/", {"name": "Nyt", "centre": w.centres["tmf"].pk}),
    "a flow's draft": lambda w, m: ("flows/erhverv/draft/", {}),
    "a flow's version": lambda w, m: ("flows/erhverv/versions/1/publication/", {"note": "igen"}),
    # the wallboard
    "a queue's closure": lambda w, m: ("wallboard/tmf/queues/tmf-byggeri/closure/", {"reason": "x"}),
    "a closure by one's own board": lambda w, m: ("wallboard/bif/queues/tmf-byggeri/closure/", {"reason": "x"}),
    "a message's switch": lambda w, m: (f"wallboard/tmf/messages/{m['message'].pk}/", {"on": "0"}),
    "a new disturbance": lambda w, m: (
        "wallboard/tmf/disturbances/",
        {"text": "Også nede.", "text_en": "", "ends_at": "2026-03-11T12:00", "until": "2026-03-11T12:00"},
    ),
    "a disturbance": lambda w, m: (f"wallboard/tmf/disturbances/{m['disturbance'].pk}/end/", {}),
    "a disturbance of all": lambda w, m: (f"wallboard/bif/disturbances/{m['for all'].pk}/end/", {}),
    "an agent's queues": lambda w, m: (f"{AGENTS}/{w.anna.pk}/queues/", {"queues": []}),
    "an agent's level": lambda w, m: (f"{AGENTS}/{w.anna.pk}/levels/", {"skill": "byliv", "level": "5"}),
    # the catalogue
    "a unit": lambda w, m: ("units/cby/", unit_fields(w)),
    "a unit's place": lambda w, m: ("units/cby/place/", {"parent": w.units["bif"].pk}),
    "a place in a unit": lambda w, m: ("units/yds/place/", {"parent": w.units["tmf"].pk}),
    "a new unit": lambda w, m: ("units/new/", unit_fields(w, code="ny", parent=w.units["tmf"].pk)),
    "a centre": lambda w, m: (
        "centre-setup/tmf/", bif_centre(w, owner=w.units["tmf"].pk, schedule=schedule_of(w, "tmf-9-16"))[1],
    ),
    "a centre's owner": lambda w, m: bif_centre(w, owner=w.units["tmf"].pk),
    "a centre's hours": lambda w, m: bif_centre(w, schedule=schedule_of(w, "tmf-9-16")),
    "a new centre": lambda w, m: ("centre-setup/new/", bif_centre(w, code="ny", owner=w.units["tmf"].pk)[1]),
    "a service": lambda w, m: ("services/affald/", service_fields(w, unit=w.units["tmf"].pk)),
    "a service's unit": lambda w, m: ("services/loentilskud/", service_fields(w, unit=w.units["tmf"].pk)),
    "a new service": lambda w, m: ("services/new/", service_fields(w, code="ny", unit=w.units["tmf"].pk)),
    "a service's own purposes": lambda w, m: (
        "services/arrangement/local-purposes/", {"lines": f"Status = {w.purposes['status'].name}"},
    ),
    "a purpose": lambda w, m: (
        "purposes/status/",
        {"name": "Nyt", "valid_from": "2020-01-01", "order": "1"},
    ),
    "hours": lambda w, m: ("hours/tmf-9-16/exceptions/", {"day": "2026-04-01", "spans": "9-10", "reason": "x"}),
    "a week of hours": lambda w, m: ("hours/tmf-9-16/week/", WEEK),
    "somebody listed": lambda w, m: (f"directory/{w.directory['dade'].pk}/", entry_fields(w, unit=w.units["tmf"].pk)),
    "somebody new in the list": lambda w, m: ("directory/new/", entry_fields(w, unit=w.units["tmf"].pk)),
    # people
    "an account": lambda w, m: (f"people/{w.anna.pk}/", {"name": "Ny", "email": "", "language": "da"}),
    "an account's end": lambda w, m: (f"people/{w.anna.pk}/closure/", {"state": "closed"}),
    "a password": lambda w, m: (f"people/{w.anna.pk}/password/", {}),
    "an account with a role elsewhere": lambda w, m: (f"people/{w.clara.pk}/closure/", {"state": "closed"}),
    "a role": lambda w, m: (f"people/{w.anna.pk}/roles/", role_fields(w)),
    "a role's unit": lambda w, m: (f"people/{w.otto.pk}/roles/", role_fields(w, unit=w.units["tmf"].pk)),
    "a role everywhere": lambda w, m: (f"people/{w.otto.pk}/roles/", role_fields(w, unit="", whole="on")),
    "a role's end": lambda w, m: (
        f"people/{w.clara.pk}/roles/{w.clara.roles.get(unit=w.units['tmf']).pk}/end/", {"on": "2026-03-11"},
    ),
    "what somebody can do": lambda w, m: (
        f"people/{w.anna.pk}/competences/", {"skill": w.skills["byliv"].pk, "level": "5", "day": "2026-03-11"},
    ),
    # knowledge
    "an article's facts": lambda w, m: (
        f"knowledge/articles/{m['article'].slug}/facts/", facts(w, unit=w.units["ctb"].pk),
    ),
    "an article's end": lambda w, m: (f"knowledge/articles/{m['article'].slug}/withdrawal/", {"because": "x"}),
    "an article's draft": lambda w, m: (f"knowledge/articles/{m['article'].slug}/draft/da/beginning/", {}),
    "an article's review": lambda w, m: (f"knowledge/articles/{m['article'].slug}/confirmation/", {}),
    "a new article": lambda w, m: ("knowledge/new/", facts(w, unit=w.units["tmf"].pk, title="Må jeg fælde et træ?")),
    "synonyms": lambda w, m: (f"knowledge/synonyms/{m['words'].pk}/", {"words": "hæk, plantning"}),
    "synonyms of all": lambda w, m: (f"knowledge/synonyms/{m['all words'].pk}/", {"remove": "1", "words": "x, y"}),
    "news": lambda w, m: (f"knowledge/news/{m['news'].pk}/", news_fields(w)),
    "the end of news": lambda w, m: (f"knowledge/news/{m['news'].pk}/end/", {}),
    "news of all subjects": lambda w, m: (f"knowledge/news/{m['all news'].pk}/", news_fields(w)),
    "a subject of news": lambda w, m: ("knowledge/news/new/", news_fields(w, service=w.services["affald"].pk)),
    "new news for all": lambda w, m: ("knowledge/news/new/", news_fields(w, service="")),
    "the rules": lambda w, m: (
        "knowledge/rules/", {"small_edit_characters": "999", "review_months": "36", "valid_from": "2026-03-12"},
    ),
}  # fmt: skip

#: the same requests for objects of the local administrator's own unit, which succeed
OWN: dict[str, Attempt] = {
    "a queue": lambda w, m: bif_queue(w, unit=w.units["bif"].pk, schedule=schedule_of(w, "keh-8-17")),
    "a new text": lambda w, m: ("prompts/", {"code": "ny", "text_da": "Ny.", "unit": w.units["bif"].pk}),
    "a greeting": lambda w, m: ("greetings/bif/", {"text_da": "Hej.", "valid_from": "2026-03-20"}),
    "a centre": lambda w, m: bif_centre(w),
    "a new number": lambda w, m: ("entry-points/new/", number_fields(w)),
    "a service": lambda w, m: ("services/new/", service_fields(w, code="ny")),
    "a role": lambda w, m: (f"people/{w.otto.pk}/roles/", role_fields(w, role="planner")),
    "news": lambda w, m: ("knowledge/news/new/", news_fields(w)),
    "synonyms": lambda w, m: ("knowledge/synonyms/", {"words": "tilskud, støtte"}),
    "an article": lambda w, m: ("knowledge/new/", facts(w, title="Må jeg få løntilskud?")),
    "hours": lambda w, m: ("hours/keh-8-17/exceptions/", {"day": "2026-04-01", "spans": "9-10", "reason": "x"}),
}


def rows() -> dict[str, str | None]:
    """Returns the content of all tables, except for logs and sessions."""
    return contents(
        model
        for model in apps.get_models()
        if model._meta.app_label not in BESIDE and model._meta.label not in ("entry.Command", "accounts.Submission")
    )


def send(client: Client, address: str, data: dict[str, Any]) -> Any:
    sent = dict(data)
    if isinstance(sent.get("file"), bytes):
        from django.core.files.uploadedfile import SimpleUploadedFile

        sent["file"] = SimpleUploadedFile("x.wav", sent["file"], "audio/wav")
    return client.post(f"/office/{address}", sent)


@pytest.mark.generated
@pytest.mark.parametrize("name", ATTEMPTS)
def test_nothing_of_another_unit_is_changed(
    name: str, world: World, made: Made, local: Client, central: Client
) -> None:
    address, data = ATTEMPTS[name](world, made)
    before, changes = rows(), Change.objects.count()
    answer = send(local, address, data)
    assert answer.status_code in (403, 404, 422), answer.status_code
    assert rows() == before
    assert Change.objects.count() == changes, "nothing is told of what did not happen"
    with transaction.atomic():
        answer = send(central, address, data)
        assert rows() != before, f"the attempt itself is wrong: {answer.status_code} {_said(answer)}"


@pytest.mark.generated
@pytest.mark.parametrize("name", OWN)
def test_what_is_ones_own_is_changed(name: str, world: World, made: Made, local: Client) -> None:
    before = rows()
    address, data = OWN[name](world, made)
    answer = send(local, address, data)
    assert rows() != before, f"{answer.status_code} {_said(answer)}"


def _said(answer: Any) -> list[Any]:
    """Returns the errors of each form on the page."""
    contexts = answer.context or []
    return [getattr(value, "errors", None) for each in contexts for value in each.flatten().values()
            if getattr(value, "errors", None)]  # fmt: skip


# --- Read access -----------------------------------------------------------------------------------


def test_alerts_are_shown_to_those_they_are_for(made: Made, local: Client, central: Client, as_person: SignIn) -> None:
    def shown(client: Client) -> set[int]:
        return {alert.pk for alert in client.get("/office/operations/").context["alerts"]}

    assert shown(central) == {made[name].pk for name in ("alert", "job alert", "exchange alert")}
    assert shown(local) == {made["exchange alert"].pk}
    strip = local.get("/office/operations/alert-strip/").content.decode()
    assert "Asterisk" in strip
    assert "<form" not in strip, "it is everybody's, so one unit does not put it away"


def test_a_dead_letter_is_read_by_those_with_the_right_everywhere(made: Made, local: Client, central: Client) -> None:
    address = f"/office/operations/dead-letters/{made['dead letter'].pk}/"
    assert local.get(address).status_code == 404
    assert "Lagt til side" not in local.get("/office/operations/").content.decode()
    assert central.get(address).status_code == 200


def test_a_text_of_another_unit_is_read_and_heard_but_has_no_form(local: Client) -> None:
    page = local.get("/office/prompts/velkomst/").content.decode()
    assert "Velkommen til kommunen." in page
    assert "Teksten hører til Teknik- og Miljøforvaltningen" in page
    assert 'name="text_da"' not in page
    assert 'type="file"' not in page


CHOICES = {
    "/office/queues/bif-erhverv/": ("form", ("centre", "unit", "schedule")),
    "/office/entry-points/new/": ("form", ("centre", "flow")),
    "/office/flows/": ("form", ("centre",)),
    "/office/prompts/": ("form", ("unit",)),
    "/office/units/new/": ("form", ("parent",)),
    "/office/centre-setup/new/": ("form", ("owner", "schedule")),
    "/office/services/new/": ("form", ("unit",)),
    "/office/directory/new/": ("form", ("unit",)),
    "/office/knowledge/new/": ("form", ("unit",)),
    "/office/knowledge/news/new/": ("form", ("service",)),
}


@pytest.mark.generated
@pytest.mark.parametrize("address", CHOICES)
def test_a_choice_offers_ones_own_units_things_alone(address: str, world: World, local: Client) -> None:
    name, fields = CHOICES[address]
    form = local.get(address).context[name]
    bif = world.units["bif"]
    for field in fields:
        offered = list(form.fields[field].queryset)
        assert offered
        strangers = [row for row in offered if not _lies_in(row, bif)]
        assert not strangers, field


def _lies_in(row: Any, unit: Unit) -> bool:
    """Whether a unit, or the unit of an object, lies in `unit`. Opening hours lie in the units of their centres."""
    if isinstance(row, Unit):
        return unit.contains(row)
    if hasattr(row, "centres"):
        owners = {centre.owner for centre in row.centres.all()} | {queue.centre.owner for queue in row.queues.all()}
        return all(unit.contains(owner) for owner in owners)
    owner = getattr(row, "owner", None) or getattr(row, "unit", None) or row.centre.owner
    return unit.contains(owner)


# --- The safe queue ----------------------------------------------------------------------------------


def test_who_may_take_the_safe_queue_over_leaves_a_trace_at_both(world: World, central: Client) -> None:
    address, data = bif_queue(world, is_safe="on")
    send(central, address, data)
    assert [queue.code for queue in Queue.objects.filter(is_safe=True)] == ["bif-erhverv"]
    told = {change.target_id: change.after["is_safe"] for change in Change.objects.filter(action="queue.change")}
    assert told == {str(world.queues["bif-erhverv"].pk): True, str(world.queues["tmf-oevrige"].pk): False}


def test_the_rules_are_read_by_who_may_set_them_somewhere(world: World, local: Client) -> None:
    Policy.objects.all().delete()
    page = local.get("/office/knowledge/rules/")
    assert page.status_code == 200
    assert "small_edit_characters" not in page.content.decode()
