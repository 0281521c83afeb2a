from __future__ import annotations

import html
import re
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from indgang.accounts import people, recognition
from indgang.accounts.models import Person
from indgang.core.clock import FrozenTime
from indgang.enquiries.models import State
from indgang.entry.event_kinds import Kind
from indgang.entry.models import AgentState, Disturbance, Presence, Prompt, Queue, QueueMembership, QueueMessage
from indgang.entry.setup import queue_terms
from indgang.entry.team.on_duty import AgentNow
from indgang.office.team.board import LINES_ON_WALL, NAMES_IN_LINE, QUEUES_ON_WALL, AgentShown, board_of, grouped
from indgang.office.team.views import wallboard
from tests.agreements.test_centres_together import agreement
from tests.correspondence.mails import mailbox, receive
from tests.enquiries.calls import call
from tests.markup import squeezed
from tests.measures.test_day import replied
from tests.office.conftest import SignIn
from tests.world import MORNING, World

BOARD: Any = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "board"}


@pytest.fixture(autouse=True)
def _fresh() -> None:
    """Clear the shared boards before each test."""
    wallboard._boards.forget()


def test_a_leader_sees_queues_agents_and_figures(world: World, as_person: SignIn) -> None:
    call(world.queues["tmf-byggeri"], (20, Kind.ANSWERED, ""), agent=world.anna, answered_at=MORNING)
    call(world.queues["tmf-byliv"], state=State.WAITING)
    Presence.objects.create(person=world.anna, state=AgentState.TALKING, since=MORNING)
    page = as_person("eva").get("/office/wallboard/tmf/").content.decode()
    assert "Byliv og events" in page
    assert "Anna Agerbæk" in page
    assert "100 %" in page
    assert "Længere end målet" in page, "five minutes is longer than promised"
    assert 'id="live-stream"' in page


def test_the_tiles_open_on_the_pages_of_their_figures(world: World, as_person: SignIn) -> None:
    eva = as_person("eva")
    addresses = re.findall(r'href="(/office/figures/[^"]+)"', eva.get("/office/wallboard/tmf/").content.decode())
    assert {each.split("/")[3] for each in addresses} == {
        "service_level_sl4", "given_up", "first_contact_resolution", "average_answer_seconds"
    }  # fmt: skip
    for each in addresses:
        page = eva.get(html.unescape(each))
        assert page.status_code == 200
        assert "11. marts 2026" in page.content.decode()
    assert "/office/figures/s" not in eva.get("/office/wallboard/tmf/?wall=1").content.decode()


def test_a_board_that_asks_again_at_once_costs_no_question_and_a_lost_role_ends_it(
    world: World, as_person: SignIn, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    monkeypatch.setattr(recognition, "SECONDS", 60.0)
    monkeypatch.setattr(wallboard._boards, "_seconds", 60.0)
    recognition.forget()
    eva = as_person("eva")
    assert eva.get("/office/wallboard/tmf/", **BOARD).status_code == 200
    with django_assert_num_queries(0):
        assert eva.get("/office/wallboard/tmf/", **BOARD).status_code == 200
    for role in world.eva.roles.all():
        people.end_role(role, on=MORNING.date(), by=world.finn, at=MORNING)
    assert eva.get("/office/wallboard/tmf/", **BOARD).status_code == 403


def test_no_calls_today_is_no_data(world: World, as_person: SignIn) -> None:
    page = as_person("eva").get("/office/wallboard/tmf/").content.decode()
    assert "Ingen data" in page
    assert "100 %" not in page


def test_the_wall_shows_first_names_and_no_buttons(world: World, as_person: SignIn) -> None:
    Presence.objects.create(person=world.anna, state=AgentState.READY, since=MORNING)
    page = as_person("eva").get("/office/wallboard/tmf/?wall=1").content.decode()
    board = page[page.index('id="board"') :]
    assert "Anna" in board
    assert "Agerbæk" not in page
    assert "<button" not in board
    assert "<nav" not in page


@pytest.mark.parametrize(
    ("username", "status"),
    [
        ("eva", 200),
        ("finn", 200),
        ("gerda", 200),
        ("hans", 200),
        ("ida", 200),
        ("anna", 403),
        ("david", 403),
        ("ukendt", 403),
    ],
)
def test_the_board_is_for_those_whose_role_says_so(as_person: SignIn, username: str, status: int) -> None:
    assert as_person(username).get("/office/wallboard/tmf/").status_code == status


def test_another_units_board_is_not_there(as_person: SignIn) -> None:
    assert as_person("eva").get("/office/wallboard/bif/").status_code == 404
    assert as_person("finn").get("/office/wallboard/bif/").status_code == 200


def test_who_only_looks_gets_no_switches(world: World, as_person: SignIn) -> None:
    page = as_person("gerda").get("/office/wallboard/tmf/").content.decode()
    assert "data-opens" not in page
    assert "hx-post" not in page
    refused = as_person("gerda").post("/office/wallboard/tmf/queues/tmf-byggeri/closure/", {"reason": "x"})
    assert refused.status_code == 403


def test_the_part_is_shared_and_not_sent_twice(
    world: World, as_person: SignIn, django_assert_max_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # a board is shared for 250 ms, which can pass between the two requests on a busy machine
    monkeypatch.setattr(wallboard._boards, "_now", lambda: 0.0)
    wallboard._boards.forget()
    eva = as_person("eva")
    first = eva.get("/office/wallboard/tmf/", **BOARD)
    assert first.status_code == 200
    with django_assert_max_num_queries(6):  # session, person, roles, centre; no query for the board
        again = eva.get("/office/wallboard/tmf/", HTTP_IF_NONE_MATCH=first["ETag"], **BOARD)
    assert again.status_code == 304
    assert "<html" not in first.content.decode()


def test_a_ticking_counter_is_no_reason_to_send_the_part_again(
    world: World, as_person: SignIn, morning: FrozenTime
) -> None:
    Presence.objects.create(person=world.anna, state=AgentState.READY, since=MORNING)
    first = as_person("eva").get("/office/wallboard/tmf/", **BOARD)
    morning.move(7)
    wallboard._boards.forget()
    assert as_person("eva").get("/office/wallboard/tmf/", HTTP_IF_NONE_MATCH=first["ETag"], **BOARD).status_code == 304
    Presence.objects.update(state=AgentState.PAUSED)
    wallboard._boards.forget()
    assert as_person("eva").get("/office/wallboard/tmf/", HTTP_IF_NONE_MATCH=first["ETag"], **BOARD).status_code == 200


def test_closing_and_opening_a_queue_from_the_board(world: World, as_person: SignIn) -> None:
    eva = as_person("eva")
    url = "/office/wallboard/tmf/queues/tmf-byggeri/closure/"
    assert "Skriv, hvorfor" in eva.post(url, {"reason": ""}, follow=True).content.decode()
    page = eva.post(url, {"reason": "Brandøvelse"}, follow=True).content.decode()
    assert "Brandøvelse" in page
    assert Queue.objects.get(code="tmf-byggeri").closed_at is not None
    part = eva.post(url, {"open": "1"}, follow=True, **BOARD)
    assert "er åben igen" in part.content.decode()
    assert "<html" not in part.content.decode()
    assert Queue.objects.get(code="tmf-byggeri").closed_at is None


def test_a_queue_is_closed_until_a_time_and_shows_it(world: World, as_person: SignIn, morning: FrozenTime) -> None:
    eva = as_person("eva")
    url = "/office/wallboard/tmf/queues/tmf-byggeri/closure/"
    late = eva.post(url, {"reason": "Møde", "until": "2026-03-11T08:00"})
    assert late.status_code == 422
    assert "Tidspunktet er passeret" in late.content.decode()
    assert 'value="Møde"' in late.content.decode()
    page = eva.post(url, {"reason": "Møde", "until": "2026-03-11T14:00"}, follow=True).content.decode()
    assert "åbner 11.03.2026 14:00" in page
    assert "åbner 11.03.2026 14:00" in as_person("finn").get("/office/queues/tmf-byggeri/").content.decode()
    morning.move(7 * 3600)
    wallboard._boards.forget()
    assert "åbner 11.03.2026" not in eva.get("/office/wallboard/tmf/").content.decode()


def test_a_leader_cannot_close_another_units_queue(as_person: SignIn) -> None:
    assert (
        as_person("eva").post("/office/wallboard/bif/queues/bif-erhverv/closure/", {"reason": "x"}).status_code == 404
    )


def test_messages_are_switched_by_who_may(world: World, as_person: SignIn) -> None:
    message = QueueMessage.objects.get()
    url = f"/office/wallboard/tmf/messages/{message.pk}/"
    assert as_person("gerda").post(url, {"on": "0"}).status_code == 403
    as_person("ida").post(url, {"on": "0"})
    message.refresh_from_db()
    assert message.active is False


def test_a_message_is_shown_by_what_is_said_and_its_phase(world: World, as_person: SignIn) -> None:
    Prompt.objects.filter(code="koe-hjemmeside", language="da").update(text="Husk hjemmesiden. " + "Den er ny. " * 20)
    page = as_person("eva").get("/office/wallboard/tmf/").content.decode()
    said = r'Byggeri:<q lang="da">Husk hjemmesiden. Den er ny[^<]*…</q><span class="badge">fase 2<'
    assert re.search(said, squeezed(page))
    assert "koe-hjemmeside" not in page
    queue_page = as_person("finn").get("/office/queues/tmf-byggeri/").content.decode()
    assert "Husk hjemmesiden. Den er ny" in queue_page
    assert "koe-hjemmeside" not in queue_page


def test_a_message_without_a_written_text_is_shown_by_its_name(world: World, as_person: SignIn) -> None:
    Prompt.objects.filter(code="koe-hjemmeside").delete()
    assert "koe-hjemmeside</q>" in as_person("eva").get("/office/wallboard/tmf/").content.decode()


def test_a_disturbance_is_started_ended_and_typed_text_is_kept_when_wrong(world: World, as_person: SignIn) -> None:
    eva = as_person("eva")
    wrong = eva.post("/office/wallboard/tmf/disturbances/", {"text": "Nede", "ends_at": "2020-01-01T10:00"})
    assert wrong.status_code == 422
    page = wrong.content.decode()
    assert "Sluttidspunktet er passeret" in page
    assert re.search(r"<textarea[^>]*>\s*Nede", page)
    ok = eva.post("/office/wallboard/tmf/disturbances/", {"text": "Nede", "ends_at": "2026-03-11T12:00"}, follow=True)
    assert "Driftsmeddelelse til kl. 12:00" in ok.content.decode()
    disturbance = Disturbance.objects.get()
    assert disturbance.centre == world.centres["tmf"]
    eva.post(f"/office/wallboard/tmf/disturbances/{disturbance.pk}/end/")
    disturbance.refresh_from_db()
    assert disturbance.ends_at == MORNING + timedelta(minutes=5)


def test_only_who_may_everywhere_switches_for_all_centres(world: World, as_person: SignIn) -> None:
    data = {"text": "Nede", "ends_at": "2026-03-11T12:00", "everywhere": "on"}
    as_person("eva").post("/office/wallboard/tmf/disturbances/", data)
    assert Disturbance.objects.get().centre == world.centres["tmf"]
    as_person("finn").post("/office/wallboard/tmf/disturbances/", data)
    everywhere = Disturbance.objects.get(centre=None)
    assert as_person("eva").post(f"/office/wallboard/tmf/disturbances/{everywhere.pk}/end/").status_code == 404


def test_an_agents_queues_are_changed_in_the_panel(world: World, as_person: SignIn) -> None:
    panel: Any = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "panel"}
    url = f"/office/wallboard/tmf/agents/{world.anna.pk}/"
    shown = as_person("eva").get(url, **panel).content.decode()
    assert "Anna Agerbæk" in shown
    assert "<html" not in shown
    answer = as_person("eva").post(f"{url}queues/", {"queues": [world.queues["tmf-byliv"].pk]}, **panel)
    assert "Køerne for Anna Agerbæk er ændret" in answer.content.decode()
    on = QueueMembership.objects.filter(person=world.anna, active=True).values_list("queue__code", flat=True)
    assert list(on) == ["tmf-byliv"]
    foreign = as_person("eva").post(f"{url}queues/", {"queues": [world.queues["bif-erhverv"].pk]}, **panel)
    assert foreign.status_code == 422


def test_a_level_is_changed_and_an_agent_of_another_centre_is_not_there(world: World, as_person: SignIn) -> None:
    url = f"/office/wallboard/tmf/agents/{world.anna.pk}/levels/"
    as_person("eva").post(url, {"skill": "byggesag", "level": "5"})
    assert "byggesag" in world.skills
    page = as_person("eva").get(f"/office/wallboard/tmf/agents/{world.anna.pk}/").content.decode()
    assert "Byggesager 5" in page
    assert "kun i dag" in page
    assert as_person("eva").get(f"/office/wallboard/tmf/agents/{world.otto.pk}/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_when_no_switchboard_answers_the_leader_is_told(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from indgang.entry import commands
    from tests.world import build

    world = build()
    client.force_login(world.eva, backend="django.contrib.auth.backends.ModelBackend")
    impatient = commands.give_and_wait
    monkeypatch.setattr(commands, "give_and_wait", lambda *args, **kw: impatient(*args, **kw, patience=0.05))
    page = client.post(f"/office/wallboard/tmf/agents/{world.anna.pk}/state/", {"state": "paused"})
    assert "Telefonsystemet svarer ikke" in page.content.decode()
    page = client.post(f"/office/wallboard/tmf/agents/{world.anna.pk}/call/", {"mode": "listen"})
    assert "Telefonsystemet svarer ikke" in page.content.decode()


def test_english_is_chosen_and_given_its_own_copy(world: World, as_person: SignIn) -> None:
    danish = as_person("eva").get("/office/wallboard/tmf/", **BOARD)
    Queue.objects.filter(code="tmf-byggeri").update(name_en="Building")
    Person.objects.filter(pk=world.eva.pk).update(language="en")
    english = as_person("eva").get("/office/wallboard/tmf/", **BOARD)
    assert "Byggeri" in danish.content.decode()
    assert "Building" in english.content.decode()


@given(states=st.lists(st.sampled_from([each for each in AgentState if each is not AgentState.SIGNED_OUT])))
def test_the_wall_names_or_counts_everybody_in_the_lines_it_has(states: list[AgentState]) -> None:
    agents = [
        AgentNow(number, "x", f"Navn{number} Efternavn", state, None, "", ()) for number, state in enumerate(states)
    ]
    groups = grouped([AgentShown(agent, agent.name.split()[0], "") for agent in agents])
    assert {group.state: group.count for group in groups} == dict(Counter(states))
    lines = len(groups) + sum(-(-(len(group.agents) + bool(group.more)) // NAMES_IN_LINE) for group in groups)
    assert lines <= max(LINES_ON_WALL, 2 * len(groups))
    assert all(group.agents for group in groups), "each state has a name at least"


# --- written work -----------------------------------------------------------------------------------


def test_written_work_stands_beside_the_calls(world: World, as_person: SignIn) -> None:
    box = mailbox(world)
    receive(box, number=1, at=MORNING - timedelta(minutes=20))
    receive(box, number=2, at=MORNING)
    replied(box.queue, MORNING, 600.0)
    replied(box.queue, MORNING, 9000.0)
    page = squeezed(as_person("eva").get("/office/wallboard/tmf/").content.decode())
    row = page[page.index("Skriftligt</h2>") :]
    row = row[row.index("Mails") : row.index("</tbody>")]
    for each in (">2</span>", "50 %", "1 af 2", "Under målet", "80 % på"):
        assert each in row, each
    assert re.search(r"\d\d min\.", row), row
    calls = page[page.index('id="queues-title"') : page.index("Skriftligt</h2>")]
    assert "Mails" not in calls


def test_who_serves_the_calls_alone_does_not_serve_all_queues(world: World) -> None:
    """Written queues count: "all queues" is said of those who serve these too."""
    written = mailbox(world).queue
    for queue in Queue.objects.filter(centre=world.centres["tmf"]):
        QueueMembership.objects.get_or_create(queue=queue, person=world.bo, defaults={"valid_from": MORNING.date()})
    assert serving(world)["bo"] == "alle køer"
    QueueMembership.objects.filter(queue=written, person=world.bo).update(active=False)
    assert "alle køer" not in serving(world)["bo"]
    assert written.name not in serving(world)["bo"]


def serving(world: World) -> dict[str, str]:
    return {each.now.username: each.serving for each in board_of(world.centres["tmf"], at=MORNING).agents}


def test_what_is_overdue_says_so_in_words(world: World, as_person: SignIn) -> None:
    receive(mailbox(world), at=MORNING - timedelta(days=3))
    page = squeezed(as_person("eva").get("/office/wallboard/tmf/").content.decode())
    row = page[page.index("Skriftligt</h2>") :]
    assert 'data-level="bad"' in row[: row.index("</tbody>")]
    assert "over målet" in row[: row.index("</tbody>")]


def test_a_wall_without_room_for_each_written_queue_has_them_in_one_row(world: World, as_person: SignIn) -> None:
    box = mailbox(world)
    for number in range(QUEUES_ON_WALL):
        queue = Queue.objects.create(
            code=f"mail-{number}", work=Queue.Work.WRITTEN, name=f"Postkasse {number}", centre=box.centre
        )
        queue_terms.first([queue])
    receive(box, at=MORNING)
    replied(box.queue, MORNING, 600.0)
    wall = squeezed(as_person("eva").get("/office/wallboard/tmf/?wall=1").content.decode())
    assert "Alle skriftlige køer" in wall
    assert "Postkasse 3" not in wall
    assert "1 af 1" in wall
    desk = as_person("eva").get("/office/wallboard/tmf/").content.decode()
    assert "Postkasse 3" in desk


def test_the_board_names_the_agreed_formula_where_it_is_another_one(world: World, as_person: SignIn) -> None:
    made = agreement(world, "tmf", 80, kpi="service_level_sl2")
    centre = world.centres["tmf"]
    call(world.queues["tmf-byggeri"], (20, Kind.ANSWERED, ""), agent=world.anna, answered_at=MORNING)
    assert "100 % efter aftalens formel, SL2" in as_person("eva").get("/office/wallboard/tmf/").content.decode()
    made.targets.update(within=20)
    assert board_of(centre, at=MORNING).agreed_level == "Aftalen måler SL2 med svar inden for 20 sekunder"
    made.targets.update(kpi="service_level_sl4", within=None)
    assert board_of(centre, at=MORNING).agreed_level == ""
    made.targets.update(kpi="transfers")
    assert board_of(centre, at=MORNING).agreed_level == ""
    made.targets.update(kpi="service_level_sl2", channel="written")
    assert board_of(centre, at=MORNING).agreed_level == "", "it shows calls"
    made.targets.update(channel="calls")
    assert board_of(centre, at=MORNING).agreed_level
    made.targets.update(kpi="first_contact_resolution_no_repeat", channel="")
    named = "Aftalen måler: Ingen ny henvendelse inden for syv dage"
    wallboard._boards.forget()
    assert named in as_person("eva").get("/office/wallboard/tmf/").content.decode()
    made.targets.update(kpi="median_answer_seconds")
    shown = board_of(centre, at=MORNING)
    assert (shown.agreed_level, dict(shown.agreed_instead)) == (
        "", {"average_answer_seconds": "Halvdelen venter højst"}
    )  # fmt: skip
    made.targets.update(kpi="average_answer_seconds")
    assert not board_of(centre, at=MORNING).agreed_instead
