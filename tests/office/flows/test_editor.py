from __future__ import annotations

import re
from copy import deepcopy
from typing import Any

import pytest

from indgang.entry.models import ElsewhereSeries, Flow, FlowVersion, Prompt, QueueMessage
from indgang.entry.setup import flow_versions
from indgang.office.flows import chart
from indgang.office.flows.forms import StepForm
from indgang.office.flows.views.editor import options_for
from indgang.routing import flows
from tests.entry.setup.test_flow_versions import SOUND
from tests.office.conftest import SignIn
from tests.world import MORNING, World

EVERYTHING: dict[str, Any] = {
    "code": "erhverv", "version": 1, "title": "Erhverv", "start": "hej",
    "steps": [
        {"id": "hej", "kind": "announcement", "prompts": ["velkomst"], "next": "centret"},
        {"id": "centret", "kind": "greeting", "next": "tid", "interruptible": False},
        {"id": "tid", "kind": "opening_hours", "schedule": "tmf-9-16", "on_open": "menu", "on_closed": "besked"},
        {"id": "menu", "kind": "menu", "prompts": ["velkomst"], "keys": {"1": "koe", "*": "valg", "#": "omstil"},
         "on_exhausted": "koe", "on_wrong": ["koe-hjemmeside"], "retries": 0, "timeout": 4.5},
        {"id": "valg", "kind": "condition", "on_true": "koe", "on_false": "andet", "all": [
            {"fact": "waiting_over", "queue": "tmf-byliv", "value": 3.0},
            {"fact": "time_between", "value": ["08:00", "12:00"]}, {"fact": "weekday", "value": [0, 1]},
            {"fact": "caller_known"}]},
        {"id": "koe", "kind": "queue", "queue": "tmf-byggeri", "priority": -2, "max_wait": 300.0, "on_max_wait": "ring",
         "messages": [{"prompts": ["@position", "koe-hjemmeside"], "after": 5.0, "every": 45.0, "phases": ["1", "2"]},
                      {"prompts": ["velkomst"]}],
         "overflow": [{"when": "queue_closed", "to": "besked"}, {"when": "waited", "to": "ring", "after": 90.0}],
         "callback": {"to": "ring", "prompts": ["velkomst"], "after": 30.0, "key": "9"}},
        {"id": "ring", "kind": "callback_offer", "queue": "tmf-byggeri", "prompts": ["velkomst"],
         "enter_prompts": ["velkomst"], "confirm_prompts": ["@number"], "done_prompts": ["velkomst"],
         "on_declined": "koe"},
        {"id": "besked", "kind": "take_message", "queue": "tmf-oevrige", "prompts": ["velkomst"], "on_empty": "slut"},
        {"id": "omstil", "kind": "transfer", "to": "tel:+4533661000", "on_failed": "engelsk", "timeout": 20.0},
        {"id": "engelsk", "kind": "language", "language": "en", "next": "sikker"},
        {"id": "andet", "kind": "overflow", "flow": "borger"},
        {"id": "sikker", "kind": "safe_queue"},
        {"id": "slut", "kind": "hang_up", "prompts": ["velkomst"], "cause": "busy"},
    ],
}  # fmt: skip

EDITOR: Any = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "step-editor"}


@pytest.fixture
def flow(world: World) -> Flow:
    """The flow Erhverv with SOUND in force, and a draft of it as version 2."""
    version = world.versions["erhverv"]
    version.definition = SOUND
    version.save()
    flow_versions.new_draft(world.flows["erhverv"], by=world.finn, at=MORNING)
    return world.flows["erhverv"]


def draft() -> FlowVersion:
    return FlowVersion.objects.get(published_at=None, flow__code="erhverv")


def posted(form: StepForm) -> dict[str, Any]:
    """Returns what a browser sends for an unchanged form."""
    data: dict[str, Any] = {}
    for field in form:
        value = field.value()
        if value is True:
            data[field.html_name] = "on"
        elif isinstance(value, list | tuple) and "prompts" not in field.html_name and "on_wrong" not in field.html_name:
            data[field.html_name] = ", ".join(map(str, value))
        elif value is not None and value is not False:
            data[field.html_name] = value
    return data


@pytest.mark.parametrize("step", EVERYTHING["steps"], ids=lambda step: step["kind"])
def test_a_form_sent_back_unchanged_changes_nothing(world: World, step: dict[str, Any]) -> None:
    options = options_for(EVERYTHING)
    shown = StepForm(kind=step["kind"], options=options, step=step, initial={"revision": 3})
    sent = StepForm(posted(shown), kind=step["kind"], options=options, step=step, initial={"revision": 3})
    assert sent.is_valid(), sent.errors
    before, after = (
        flows.parse({**EVERYTHING, "start": step["id"], "steps": [each]}) for each in (step, sent.data_of_step())
    )
    assert after == before


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("33 66 10 00", "tel:+4533661000"),
        ("tlf. 33/66/10/00", "tel:+4533661000"),
        ("tel:+4533661000", "tel:+4533661000"),
        ("1813", "tel:1813"),
        ("unit:byg", "unit:byg"),
        ("person:12", "person:12"),
    ],
)
def test_a_number_to_transfer_to_is_read_as_people_write_it(world: World, typed: str, kept: str) -> None:
    options, step = options_for(EVERYTHING), next(each for each in EVERYTHING["steps"] if each["id"] == "omstil")
    shown = StepForm(kind="transfer", options=options, step=step, initial={"revision": 3})
    data = posted(shown) | {"to": typed}
    sent = StepForm(data, kind="transfer", options=options, step=step, initial={"revision": 3})
    assert sent.is_valid(), sent.errors
    assert sent.data_of_step()["to"] == kept


def test_every_kind_of_step_has_a_form_that_renders(flow: Flow, as_person: SignIn) -> None:
    finn = as_person("finn")
    for kind in flows.STEP_KINDS:
        page = finn.get(f"/office/flows/erhverv/draft/steps/?kind={kind}")
        assert page.status_code == 200, kind
    assert finn.get("/office/flows/erhverv/draft/steps/?kind=rocket").status_code == 404


def test_all_keys_can_be_chosen_in_a_menu(world: World) -> None:
    form = StepForm(kind="menu", options=options_for(SOUND))
    assert len([name for name in form.fields if name.startswith("keys__")]) == len(flows.KEYS)


def test_a_digit_that_a_step_says_by_itself_is_shown_by_what_it_says(flow: Flow, as_person: SignIn) -> None:
    Prompt.objects.filter(code="number-37", language="da").update(text="syvogtredive")
    version = draft()
    steps = [dict(each) for each in version.definition["steps"]]
    steps[0]["prompts"] = ["velkomst", "number-37"]
    version.definition = {**version.definition, "steps": steps}
    version.save()
    finn = as_person("finn")
    said = finn.get(f"/office/flows/erhverv/draft/steps/{steps[0]['id']}/").content.decode()
    assert "syvogtredive" in said
    assert "(findes ikke)" not in said
    assert "syvogtredive" not in finn.get("/office/flows/erhverv/draft/steps/?kind=announcement").content.decode()


def test_a_step_is_added_changed_and_deleted(flow: Flow, as_person: SignIn) -> None:
    finn = as_person("finn")
    new = {"revision": "1", "id": "farvel", "prompts": ["velkomst"], "cause": "normal"}
    finn.post("/office/flows/erhverv/draft/steps/?kind=hang_up", new)
    assert draft().definition["steps"][-1] == {"id": "farvel", "kind": "hang_up", "prompts": ["velkomst"]}
    changed = {"revision": "2", "queue": "tmf-byliv", "max_wait": "60", "on_max_wait": "farvel", "priority": "0"}
    answer = finn.post("/office/flows/erhverv/draft/steps/koe/", changed, **EDITOR)
    assert answer["HX-Retarget"] == "#flow"
    assert "Byliv og events" in answer.content.decode()
    koe = next(step for step in draft().definition["steps"] if step["id"] == "koe")
    assert (koe["queue"], koe["max_wait"], koe["on_max_wait"]) == ("tmf-byliv", 60.0, "farvel")
    finn.post("/office/flows/erhverv/draft/steps/sikker/removal/", {"revision": "3"})
    assert [step["id"] for step in draft().definition["steps"]] == ["hej", "koe", "farvel"]


def test_what_is_missing_is_told_at_its_field(flow: Flow, as_person: SignIn) -> None:
    finn = as_person("finn")
    missing = finn.post("/office/flows/erhverv/draft/steps/koe/", {"revision": "1"}, **EDITOR)
    assert missing.status_code == 422
    assert "form-error" in missing.content.decode()
    half = {"revision": "1", "queue": "tmf-byliv", "overflow__0__when": "waited", "max_wait": "9"}
    unread = finn.post("/office/flows/erhverv/draft/steps/koe/", half)
    assert unread.status_code == 422
    assert draft().revision == 1


def test_the_second_editor_sees_the_first_ones_change_and_chooses(flow: Flow, as_person: SignIn) -> None:
    finn = as_person("finn")
    fields = {"queue": "tmf-byggeri", "on_max_wait": "sikker", "priority": "0"}
    finn.post("/office/flows/erhverv/draft/steps/koe/", {**fields, "revision": "1", "max_wait": "120"})
    late = finn.post("/office/flows/erhverv/draft/steps/koe/", {**fields, "revision": "1", "max_wait": "60"}, **EDITOR)
    page = late.content.decode()
    assert late.status_code == 422
    assert "Finn Fyrrelund" in page
    assert re.search(r"<td>120</td>\s*<td>60</td>", page)
    assert 'name="revision" value="2"' in page
    finn.post("/office/flows/erhverv/draft/steps/koe/", {**fields, "revision": "2", "max_wait": "60"})
    assert draft().definition["steps"][1]["max_wait"] == 60.0


@pytest.mark.parametrize("gone", ["published", "deleted", "deleted and begun anew", "step deleted"])
def test_what_was_typed_into_a_draft_that_is_gone_is_not_lost(
    flow: Flow, world: World, as_person: SignIn, gone: str
) -> None:
    by: Any = {"by": world.ida, "at": MORNING}
    known = draft().revision
    if gone == "published":
        flow_versions.publish(draft(), revision=known, note="Ny", **by)
    elif gone == "step deleted":
        rest = {**SOUND, "steps": [step for step in SOUND["steps"] if step["id"] != "koe"]}
        flow_versions.save_draft(draft(), rest, revision=known, **by)
    else:
        flow_versions.discard(draft(), revision=known, **by)
    if gone == "deleted and begun anew":
        flow_versions.new_draft(flow, **by)
    finn = as_person("finn")
    step = {"revision": known, "kind": "queue", "queue": "tmf-byggeri", "on_max_wait": "sikker", "priority": "0"}
    late = finn.post("/office/flows/erhverv/draft/steps/koe/", {**step, "max_wait": "61"}, **EDITOR)
    assert late.status_code == 422
    assert "ikke gemt endnu" in late.text
    assert 'value="61"' in late.text
    beginning = {"revision": known, "title": "Erhverv om natten", "start": "hej"}
    page = finn.post("/office/flows/erhverv/draft/beginning/", beginning)
    assert page.status_code == 422
    assert "Erhverv om natten" in page.text
    assert draft().definition["title"] == SOUND["title"]
    finn.post("/office/flows/erhverv/draft/steps/koe/", {**step, "max_wait": "61", "revision": draft().revision})
    assert next(each for each in draft().definition["steps"] if each["id"] == "koe")["max_wait"] == 61.0


def test_what_is_done_to_a_draft_that_is_gone_is_told(flow: Flow, world: World, as_person: SignIn) -> None:
    known = draft().revision
    flow_versions.discard(draft(), revision=known, by=world.ida, at=MORNING)
    finn, address = as_person("finn"), "/office/flows/erhverv/"
    for door in ("draft/removal/", "draft/steps/koe/removal/", "publication/"):
        answer = finn.post(f"{address}{door}", {"revision": known, "note": "Ny"}, follow=True)
        assert "Udkastet er udgivet eller slettet af en anden." in answer.text, door
    assert flow.versions.count() == 1, "nothing was begun by it"


def test_a_new_step_never_takes_the_place_of_another(flow: Flow, as_person: SignIn) -> None:
    as_person("finn").post("/office/flows/erhverv/draft/steps/?kind=safe_queue", {"revision": "1", "id": "koe"})
    kinds = [(step["id"], step["kind"]) for step in draft().definition["steps"]]
    assert ("koe", "queue") in kinds
    assert kinds[-1] == ("sikker-koe", "safe_queue")


def test_steps_are_called_by_what_they_do(flow: Flow, as_person: SignIn) -> None:
    finn = as_person("finn")
    page = finn.get("/office/flows/erhverv/").content.decode()
    for name in ("Kø: Byggeri", "Afspil tekst: “Velkommen til kommunen"):
        assert name in page
    form = finn.get("/office/flows/erhverv/draft/steps/hej/", **EDITOR).content.decode()
    assert '<option value="koe" selected>Kø: Byggeri</option>' in form
    assert "number-37" not in form
    assert "Velkommen til kommunen" in form, "a text is chosen by what it says"


def test_publishing_shows_what_is_different(flow: Flow, as_person: SignIn) -> None:
    finn = as_person("finn")
    fields = {"queue": "tmf-byliv", "on_max_wait": "sikker", "priority": "0", "max_wait": "60", "revision": "1"}
    finn.post("/office/flows/erhverv/draft/steps/koe/", fields)
    page = finn.get("/office/flows/erhverv/").content.decode()
    dialog = page[page.index('id="publish"') :]
    assert "<del>Byggeri</del>" in dialog
    assert "<ins>Byliv og events</ins>" in dialog


def test_problems_are_listed_with_a_way_to_the_step_and_stop_publishing(flow: Flow, as_person: SignIn) -> None:
    finn = as_person("finn")
    finn.post("/office/flows/erhverv/draft/steps/sikker/removal/", {"revision": "1"})
    page = finn.get("/office/flows/erhverv/").content.decode()
    assert '<a href="#step-koe">Kø: Byggeri</a>' in page
    assert "Fører til et trin, der ikke findes" in page
    refused = finn.post("/office/flows/erhverv/publication/", {"revision": "2", "note": "x"}, follow=True)
    assert "Ikke udgivet. Trinnet “Kø: Byggeri”" in refused.content.decode()
    assert draft().published_at is None


def test_publishing_asks_why_and_the_history_tells(flow: Flow, as_person: SignIn) -> None:
    finn = as_person("finn")
    silent = finn.post("/office/flows/erhverv/publication/", {"revision": "1", "note": ""})
    assert silent.status_code == 422
    told = finn.post("/office/flows/erhverv/publication/", {"revision": "1", "note": "Kortere kø"}, follow=True)
    assert "Version 2 er udgivet" in told.content.decode()
    assert "Kortere kø" in finn.get("/office/flows/erhverv/versions/2/").content.decode()
    back = finn.post("/office/flows/erhverv/versions/1/publication/", {"note": "For tidligt"}, follow=True)
    assert "som version 3" in back.content.decode()
    assert flow_versions.in_force(flow).number == 3  # type: ignore[union-attr]  # one was published above


def test_the_difference_between_versions_is_readable(flow: Flow, as_person: SignIn) -> None:
    finn = as_person("finn")
    fields = {"queue": "tmf-byliv", "on_max_wait": "sikker", "priority": "0", "max_wait": "60", "revision": "1"}
    finn.post("/office/flows/erhverv/draft/steps/koe/", fields)
    page = finn.get("/office/flows/erhverv/versions/2/").content.decode()
    assert "<del>300</del>" in page
    assert "<ins>60</ins>" in page


@pytest.mark.parametrize(("username", "status"), [("finn", 200), ("eva", 403), ("anna", 403), ("hans", 403)])
def test_flows_are_for_administrators(flow: Flow, as_person: SignIn, username: str, status: int) -> None:
    client = as_person(username)
    for address in ("", "erhverv/", "erhverv/rehearsal/", "erhverv/versions/1/", "erhverv/draft/steps/koe/"):
        assert client.get(f"/office/flows/{address}").status_code == status, address


def test_a_new_flow_loses_nobody_from_the_start(flow: Flow, world: World, as_person: SignIn) -> None:
    page = as_person("finn").post("/office/flows/", {"name": "Jul", "centre": world.centres["tmf"].pk}, follow=True)
    assert "Sikker kø" in page.content.decode()
    again = as_person("finn").post("/office/flows/", {"name": "Jul", "centre": world.centres["tmf"].pk})
    assert again.status_code == 422


def test_a_flow_that_cannot_be_read_is_shown_with_the_reason(flow: Flow, as_person: SignIn) -> None:
    broken = draft()
    broken.definition = {**deepcopy(SOUND), "wheels": 4}
    broken.save()
    page = as_person("finn").get("/office/flows/erhverv/")
    assert page.status_code == 200
    assert "kan ikke læses" in page.content.decode()


def test_steps_are_read_along_the_first_branch_and_none_is_forgotten() -> None:
    parsed = flows.parse(EVERYTHING)
    order = [step.id for step in chart.reading_order(parsed)]
    assert order[:5] == ["hej", "centret", "tid", "menu", "koe"]
    assert sorted(order) == sorted(step["id"] for step in EVERYTHING["steps"])
    boxes = chart.chart(parsed, {}).boxes
    assert len({(box.x, box.y) for box in boxes}) == len(EVERYTHING["steps"]), "no box lies on another"


# --- Trial -------------------------------------------------------------------------------------


def rehearse(client: Any, actions: str = "", do: str = "restart", **given: str) -> str:
    data = {"at": "2026-03-11T10:00", "number": "+4520000101", "actions": actions, "do": do, "version": "2"}
    data |= {"agents-tmf-byggeri": "1", "waiting-tmf-byggeri": "0"} | given
    answer = client.post("/office/flows/erhverv/rehearsal/", data)
    assert answer.status_code == 200, answer.content.decode()
    return str(answer.content.decode())


def test_a_caller_is_played_to_an_agent(flow: Flow, as_person: SignIn) -> None:
    finn = as_person("finn")
    first = rehearse(finn)
    assert "Velkommen til kommunen" in first
    queued = rehearse(finn, "", "listen")
    assert "Stilles i kø: Byggeri" in queued
    ended = rehearse(finn, "listen", "queue_answered")
    assert "besvaret af en medarbejder" in ended
    assert 'name="actions" value="listen;queue_answered"' in ended
    back = rehearse(finn, "listen;queue_answered", "undo")
    assert 'name="actions" value="listen"' in back


def test_waiting_too_long_leads_to_the_safe_queue_and_hanging_up_ends_it(flow: Flow, as_person: SignIn) -> None:
    finn = as_person("finn")
    waited = rehearse(finn, "listen", "wait:300")
    assert "Den længste ventetid er gået" in waited
    gone = rehearse(finn, "listen;wait:300", "hang_up")
    assert "lagde selv på" in gone


def test_a_caller_from_another_municipality_hears_its_number(flow: Flow, as_person: SignIn) -> None:
    ElsewhereSeries.objects.create(first="+452000", municipality="Fjordby", number="+4533445566")
    row, send = draft(), {"id": "anden", "kind": "send_elsewhere", "prompts": ["velkomst", "@elsewhere"]}
    row.definition["steps"].insert(0, send | {"on_failed": row.definition["start"]})
    row.definition["start"] = "anden"
    row.save()
    finn = as_person("finn")
    played = rehearse(finn, "", "listen")
    assert "3 3 4 4 5 5 6 6" in played
    assert "Tæller som opkald fra en anden kommune: Fjordby" in played
    assert "forløbet lagde på" in played
    of_ours = rehearse(finn, "", "listen", number="+4530000101")
    assert "Nummeret til den anden kommune kendes ikke" in of_ours
    assert "Stilles i kø: Byggeri" in of_ours
    form = finn.get("/office/flows/erhverv/draft/steps/anden/").content.decode()
    assert "Stil om til nummeret, når det er sagt" in form


def test_a_message_to_those_who_wait_is_told_by_its_words(flow: Flow, as_person: SignIn) -> None:
    """A message of another phase appears too. The phase stays unnamed, because users do not know its name."""
    row = draft()
    queue = next(step for step in row.definition["steps"] if step["kind"] == "queue")
    queue["messages"] = [
        {"prompts": ["koe-hjemmeside"], "after": 5.0},
        {"prompts": ["velkomst"], "after": 30.0, "phases": ["fase 2"]},
    ]
    row.save()
    page = rehearse(as_person("finn"), "listen", "wait:60")
    assert "Besked i køen: “Husk, at du kan læse mere på hjemmesiden.”" in page
    assert "Beskeden hører til en anden fase: “Velkommen til kommunen.”" in page


def test_what_is_switched_on_for_the_queue_is_heard_too(flow: Flow, as_person: SignIn) -> None:
    finn = as_person("finn")
    assert "mere på hjemmesiden" in rehearse(finn, "listen", "wait:60")
    QueueMessage.objects.update(active=False)
    assert "mere på hjemmesiden" not in rehearse(finn, "listen", "wait:60")


def test_a_closed_queue_is_one_of_the_facts(flow: Flow, as_person: SignIn) -> None:
    page = rehearse(as_person("finn"), "", "listen", **{"closed-tmf-byggeri": "on"})
    assert "Køen er lukket" in page
    assert "sikre kø" in page


def test_nonsense_from_a_changed_page_is_left_out(flow: Flow, as_person: SignIn) -> None:
    page = rehearse(as_person("finn"), "fly:3;press:;wait:-5;wait:nan;listen", "press:xyz")
    assert 'name="actions" value="listen"' in page


def test_the_facts_must_make_sense(flow: Flow, as_person: SignIn) -> None:
    answer = as_person("finn").post("/office/flows/erhverv/rehearsal/", {"at": "i går", "version": "2"})
    assert answer.status_code == 422
