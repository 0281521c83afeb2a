"""The pages of figures: all of them for chosen days and parts, one with its definition, and their files."""

from __future__ import annotations

import csv
import dataclasses
import html
import io
import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from indgang.accounts.models import Person
from indgang.agreements import cooperation
from indgang.core.clock import FrozenTime
from indgang.entry.event_kinds import Kind
from indgang.entry.models import Queue
from indgang.measures.definitions import DEFINITIONS
from indgang.measures.figure_texts import DOCUMENTS, FIGURE_TEXTS, SOURCE_WORDS, SWITCH_WORDS
from indgang.measures.rollups.facts import StreamEvent
from indgang.office.figures import access
from indgang.office.figures.sections import sections
from tests.agreements.agreed import operator, target, written
from tests.measures.test_reading import one, published, write
from tests.office.conftest import SignIn
from tests.world import MORNING, World

PAGE = "/office/figures/"
LEVEL = f"{PAGE}service_level_sl4/"
DAY = "period=own&first=2026-03-11&last=2026-03-11"
MONTH = "period=own&first=2026-03-01&last=2026-03-31"


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())  # also breaks no-break spaces


def lines(answer: Any) -> list[list[str]]:
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def calls(number: int, *, first: int = 1, **more: Any) -> list[list[StreamEvent]]:
    """Calls that are answered after five seconds and resolved at once."""
    return [one(Kind.ANSWERED, 5, first + each, outcomes=["resolved"], **more) for each in range(number)]


def test_the_figures_of_a_day_stand_on_one_page(as_person: SignIn) -> None:
    write(*published())
    page = words(as_person("eva").get(f"{PAGE}?{DAY}"))
    for section in ("Ventetid og svar", "Afklaring og samtaler", "Skriftlige svar", "Løfter og 2. niveau", "Digitalt"):
        assert f"{section}</h2>" in page
    for value in ("82,7 %", "83,0 %", "86,0 %", "81,1 %", "81,9 %", "0:20", "0:30", "1.060", "1.040"):
        assert f">{value}</td>" in page, value
    assert "ingen data" in page, "nothing was answered in writing"
    assert page.count("100,0 %") == 1, "the whole waits alone, of 30 seconds each"
    assert "sammenlignet med 10. marts 2026" in page


def test_each_figure_is_compared_in_words_with_the_days_before(as_person: SignIn, morning: FrozenTime) -> None:
    before = MORNING - timedelta(days=1)
    write(*calls(10), *calls(8, first=100, start=before), one(Kind.ABANDONED, 90, 200, start=before))
    eva = as_person("eva")
    page = words(eva.get(f"{PAGE}?{DAY}"))
    assert "+11,1 procentpoint (bedre)" in page, "the service level"
    assert "−11,1 procentpoint (bedre)" in page, "fewer who gave up are better"
    assert "uændret" in page
    assert "sammenlignes, når dagen er slut" in page, "half a day has fewer contacts than a whole one"
    morning.move(timedelta(days=1))
    assert "+1 (mere)" in words(eva.get(f"{PAGE}?{DAY}")), "more contacts are neither better nor worse"


def test_numbers_of_unequal_periods_are_compared_per_day(as_person: SignIn, morning: FrozenTime) -> None:
    """As many contacts a day in March (31 days) as in February (28)."""
    days = [MORNING.replace(day=1) + timedelta(days=each) for each in range(-28, 31)]
    write(*(one(Kind.ANSWERED, 5, 1 + number, start=day) for number, day in enumerate(days)))
    morning.move(timedelta(days=30))
    page = words(as_person("eva").get(f"{PAGE}contacts_arrived/?period=last_month"))
    assert "<strong>31</strong>" in page
    assert "Forskel: om dagen: uændret." in page


def test_a_difference_is_that_of_the_values_that_are_read(as_person: SignIn) -> None:
    before = MORNING - timedelta(days=1)
    ended = [one(Kind.ANSWERED, 10, 1 + each, start=before) for each in range(5)]
    write(*ended, *(one(Kind.ANSWERED, wait, 50 + each) for each, wait in enumerate((11, 11, 11, 12, 12))))
    page = words(as_person("eva").get(f"{PAGE}?{DAY}"))
    assert ">0:11</td>" in page
    assert "+0:01 (dårligere)" in page


def test_one_section_can_be_chosen_and_one_without_data_says_so(as_person: SignIn) -> None:
    write(*calls(7))
    eva = as_person("eva")
    page = words(eva.get(f"{PAGE}?{MONTH}&by=queue&section=written"))
    assert "Skriftlige svar</h2>" in page
    assert "Ventetid og svar</h2>" not in page
    assert "Ingen data i de dage." in page
    rows = lines(eva.get(f"{PAGE}file/?{MONTH}&section=written"))
    (written,) = [each for each in sections(DEFINITIONS) if each.code == "written"]
    assert [row[1] for row in rows[1:]] == [each.name for each in written.definitions]


@pytest.mark.parametrize(
    ("by", "names"),
    [
        ("queue", {"Byggeri", "Erhverv og rekruttering"}), ("centre", {"TMF kontaktcenter", "Københavns Erhvervshus"}),
        ("service", {"Byggetilladelser", "Uden ydelse"}), ("day", {"onsdag 11. marts 2026", "torsdag 12. marts 2026"}),
        ("month", {"marts 2026"}), ("channel", {"Telefon"}), ("level", {"1st level (kontaktcentret)"}),
        ("purpose", {"Uden ærinde"}),
    ],
)  # fmt: skip
def test_figures_are_split_by_what_is_chosen_and_named(as_person: SignIn, by: str, names: set[str]) -> None:
    late = MORNING + timedelta(days=1)
    unregistered = [one(Kind.ANSWERED, 5, 300 + each, queue="bif-erhverv", start=late) for each in range(6)]
    write(*calls(7), *unregistered)
    page = words(as_person("finn").get(f"{PAGE}?{MONTH}&by={by}"))
    assert all(f'<th scope="row">{name}</th>' in page for name in names)
    assert '<th scope="row">I alt</th>' in page


def test_a_part_with_few_behind_it_is_not_shown(as_person: SignIn) -> None:
    write(*calls(7), *calls(3, first=50, queue="bif-erhverv"), *calls(9, first=70, queue="kff-borger"))
    page = words(as_person("finn").get(f"{LEVEL}?{MONTH}"))
    assert page.count(">for få</td>") == 2, "the small queue and the next smallest"
    assert page.count(">3</td>") == 0


def test_a_queue_that_is_hidden_beside_the_others_is_hidden_alone(as_person: SignIn) -> None:
    """Queues of 3, 7 and 9: what the page of all queues hides stands on no other page."""
    write(*calls(7), *calls(3, first=50, queue="bif-erhverv"), *calls(9, first=70, queue="kff-borger"))
    finn = as_person("finn")
    for query in ("queue=tmf-byggeri", "queue=tmf-byggeri&by=channel", "queue=tmf-byggeri&centre=tmf"):
        page = words(finn.get(f"{LEVEL}?{MONTH}&{query}"))
        assert "<strong>for få</strong>" in page, query
        assert "100,0 %" not in page, query
        rows = lines(finn.get(f"{LEVEL}file/?{MONTH}&{query}"))[1:]
        assert {(row[8], row[9]) for row in rows} == {("", "")}, query
    shown = words(finn.get(f"{LEVEL}?{MONTH}&queue=kff-borger"))
    assert "<strong>100,0 %</strong> ud af 9." in shown


@pytest.mark.parametrize(
    ("queues", "said"),
    [
        (["tmf-byggeri"], "too few to show"), (["tmf-byggeri", "kff-borger"], "too few to show"),
        (["kff-borger"], "100.0 percent of 9"), (["tmf-byggeri", "bif-erhverv"], "100.0 percent of 10"),
    ],
)  # fmt: skip
def test_the_command_hides_the_queues_that_are_hidden_beside_the_others(
    world: World, queues: list[str], said: str
) -> None:
    write(*calls(7), *calls(3, first=50, queue="bif-erhverv"), *calls(9, first=70, queue="kff-borger"))
    out = StringIO()
    march = ("--from", "2026-03-01", "--to", "2026-03-31")
    call_command("figures", "service_level_sl4", *march, queue=queues, stdout=out)
    assert said in out.getvalue()


def test_a_leader_sees_the_figures_of_their_own_centres(as_person: SignIn, world: World) -> None:
    write(*calls(7), *calls(8, first=50, queue="bif-erhverv"))
    assert ">15</td>" in words(as_person("finn").get(f"{PAGE}?{MONTH}"))
    eva = as_person("eva")
    page = words(eva.get(f"{PAGE}?{MONTH}&by=queue"))
    assert ">7</small>" not in page
    assert "Erhverv og rekruttering" not in page
    assert eva.get(f"{PAGE}?{MONTH}&centre=bif").status_code == 422
    assert eva.get(f"{PAGE}?{MONTH}&queue=bif-erhverv").status_code == 422
    assert eva.get(f"{PAGE}file/?{MONTH}&centre=bif").status_code == 400
    names = {row[6] for row in lines(eva.get(f"{LEVEL}file/?{MONTH}&by=centre"))}
    assert names == {"Del", "TMF kontaktcenter", "I alt"}
    assert as_person("anna").get(PAGE).status_code == 403


def test_a_queue_that_has_ended_keeps_its_name_and_one_that_is_gone_its_code(as_person: SignIn) -> None:
    Queue.objects.filter(code="tmf-byggeri").update(valid_to=MORNING.date(), name="Byggeri (nedlagt)")
    write(*calls(7), *calls(6, first=50, queue="tmf-gammel"))
    page = words(as_person("eva").get(f"{LEVEL}?{MONTH}"))
    assert '<th scope="row">Byggeri (nedlagt)</th>' in page
    assert '<th scope="row">tmf-gammel</th>' in page
    assert as_person("eva").get(f"{LEVEL}?{MONTH}&queue=tmf-byggeri").status_code == 200


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("period=own&first=2026-03-12&last=2026-03-11", "Den sidste dag må ikke ligge før den første."),
        ("period=own&first=1900-01-01&last=2200-01-01", "Vælg højst 1100 dage."),
        ("period=own&first=2026-03-11", "Vælg både en første og en sidste dag."),
        ("period=own&first=2025-01-01&last=2025-12-31&by=day", "Vælg højst 92 dage, eller opdel efter måned."),
        ("period=nonsense", "nonsense"), ("queue=nonsense", "nonsense"), ("by=outcome", "outcome"),
    ],
)  # fmt: skip
def test_a_wrong_choice_gets_a_sentence(as_person: SignIn, query: str, sentence: str) -> None:
    answer = as_person("eva").get(f"{PAGE}?{query}")
    assert answer.status_code == 422
    assert sentence in words(answer)


def test_pages_of_an_empty_database_say_so(as_person: SignIn) -> None:
    finn = as_person("finn")
    for address in (PAGE, f"{PAGE}?by=queue", f"{PAGE}?by=day", LEVEL, f"{LEVEL}?period=today"):
        page = words(finn.get(address))
        assert "ingen data" in page.lower(), address
        assert "0,0 %" not in page
        assert "100,0 %" not in page
    assert finn.get(f"{PAGE}unknown/").status_code == 404
    assert finn.get(f"{PAGE}file/").status_code == 200


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_days_of_23_and_25_hours_are_one_day(as_person: SignIn, day: str) -> None:
    near = [timedelta(hours=each) for each in range(-3, 30)]
    midnight = MORNING.fromisoformat(f"{day}T00:00:00Z")
    write(*(one(Kind.ANSWERED, 5, 1 + number, start=midnight + each) for number, each in enumerate(near)))
    page = words(as_person("finn").get(f"{PAGE}contacts_arrived/?period=own&first={day}&last={day}&by=nothing"))
    assert f"<strong>{23 if day == '2026-03-29' else 25}</strong>" in page


def test_one_figure_has_its_definition_course_and_parts(as_person: SignIn) -> None:
    write(*calls(7), *calls(8, first=50, queue="tmf-byliv", start=MORNING + timedelta(days=1)))
    page = words(as_person("eva").get(f"{LEVEL}?{MONTH}"))
    assert "<strong>100,0 %</strong> ud af 15." in page
    assert "Målene holdes op mod dette tal." in page
    assert "K04, K13" in page
    assert "gælder fra 1. januar 2020" in page
    assert "Dag for dag" in page
    assert "Byliv og events" in page
    assert "Måned for måned" in words(as_person("eva").get(f"{LEVEL}?period=own&first=2025-06-01&last=2026-03-31"))


def test_a_bookmark_of_a_month_follows_the_calendar(as_person: SignIn, morning: FrozenTime) -> None:
    eva = as_person("eva")
    assert "1. marts 2026 til 11. marts 2026, sammenlignet med 1. februar 2026 til 11. februar 2026" in words(
        eva.get(f"{PAGE}?period=month")
    )
    morning.move(timedelta(days=25))
    assert "1. april 2026 til 5. april 2026, sammenlignet med 1. marts 2026 til 5. marts 2026" in words(
        eva.get(f"{PAGE}?period=month")
    )


def test_a_file_holds_every_figure_of_every_part(as_person: SignIn) -> None:
    write(*calls(7), *calls(8, first=50, queue="tmf-byliv"), one(Kind.ABANDONED, 200, 90))
    answer = as_person("eva").get(f"{PAGE}file/?{MONTH}&by=queue")
    assert answer["Content-Disposition"] == 'attachment; filename="noegletal-2026-03-01-2026-03-31.csv"'
    head, *rows = lines(answer)
    assert head[:2] == ["Nøgletal", "Definition"]
    assert len(rows) == 3 * len(DEFINITIONS)
    level = {row[6]: row[8:10] for row in rows if row[1] == "service_level_sl4 v1"}
    assert level == {"Byggeri": ["87,50", "8"], "Byliv og events": ["100", "8"], "I alt": ["93,75", "16"]}
    nothing = [row[8:] for row in rows if row[1] == "written_answered_in_time v1"]
    assert nothing == [["", "0", "ingen data"]] * 3


def test_a_name_that_looks_like_a_formula_is_none_in_the_file(as_person: SignIn) -> None:
    Queue.objects.filter(code="tmf-byggeri").update(name='=HYPERLINK("x")')
    write(*calls(7))
    names = {row[6] for row in lines(as_person("eva").get(f"{LEVEL}file/?{MONTH}"))}
    assert '\'=HYPERLINK("x")' in names


def test_a_figure_of_answers_leads_to_the_page_with_its_interval(as_person: SignIn) -> None:
    eva, address = as_person("eva"), "/office/feedback/?first=2026-03-01&last=2026-03-31"
    assert f'href="{html.escape(address)}"' in words(eva.get(f"{PAGE}satisfaction/?{MONTH}"))
    assert eva.get(address).status_code == 200
    assert "/office/feedback/?first" not in words(eva.get(f"{LEVEL}?{MONTH}"))


def test_every_definition_has_plain_words() -> None:
    assert FIGURE_TEXTS.keys() == {each.name for each in DEFINITIONS}
    switches = {word for each in DEFINITIONS for pair in each.switches.items() for word in pair}
    assert switches <= SWITCH_WORDS.keys()
    assert {
        each.source for each in DEFINITIONS if ".md" not in each.source and DOCUMENTS not in each.source
    } <= SOURCE_WORDS.keys()


def test_the_help_page_explains_every_figure_in_danish_and_english(as_person: SignIn) -> None:
    eva = as_person("eva")
    page = words(eva.get(f"{PAGE}help/"))
    assert all(f"<code>{each.name}</code>" in page for each in DEFINITIONS)
    assert "Den, der giver op inden for løftet, tæller ikke med." in page
    Person.objects.filter(username="eva").update(language="en")
    english = words(eva.get(f"{PAGE}help/"))
    assert "Anyone who gives up within the promise does not count." in english
    assert "Formel" not in english


def test_a_course_and_parts_are_drawn_and_what_is_hidden_is_a_gap(as_person: SignIn) -> None:
    days = [calls(9, first=100 * day, start=MORNING + timedelta(days=day)) for day in range(3)]
    write(*(stream for day in days for stream in day), *calls(2, first=900, start=MORNING + timedelta(days=5)))
    write(*calls(8, first=950, queue="tmf-byliv"))
    page = words(as_person("eva").get(f"{LEVEL}?{MONTH}"))
    assert page.count('class="plot"') == 2
    assert page.count('class="plot-narrow"') == 2, "each for wide and narrow pages"
    hidden = words(as_person("eva").get(f"{PAGE}contacts_arrived/?{MONTH}"))
    assert hidden.count(">for få</td>") == 2, "the small day, and the next smallest with it"
    assert "<details>" not in page.partition("<main")[2], "the tables stand beside the pictures"


# --- Other promises, and the agreed formula ------------------------------------------------------


def agreed_on(world: World, **target_of: Any) -> None:
    """An agreement of the TMF centre from MORNING's day on with this target."""
    made = written(world)
    target(made, world.hans, level=0, **target_of)
    made.refresh_from_db()
    for person in (world.hans, operator(world)):
        made = cooperation.sign(made, revision=made.revision, by=person, at=MORNING)


def test_service_levels_are_shown_by_several_promises_for_each_queue(as_person: SignIn) -> None:
    waits = [one(Kind.ANSWERED, wait, number) for number, wait in enumerate([10] * 6 + [50] * 6)]
    write(*waits, *(one(Kind.ANSWERED, 90, 100 + each, queue="tmf-byliv") for each in range(6)))
    eva = as_person("eva")
    page = words(eva.get(f"{LEVEL}?{MONTH}&within=60%2C+20"))
    assert "Serviceniveau SL4, svar inden for 20 sekunder: <strong>33,3 %</strong> ud af 18." in page
    assert "Serviceniveau SL4, svar inden for 60 sekunder: <strong>66,7 %</strong> ud af 18." in page
    parts = page.partition('id="parts-title"')[2].partition("</table>")[0]
    assert parts.index("inden for 20 sekunder") < parts.index("inden for 60 sekunder"), "the shortest first"
    assert "Byggeri</th>" in parts
    assert parts.count("50,0 %") == 2, "of the queue's own 20 seconds, and of 20"
    assert parts.count("100,0 %") == 1
    everything = words(eva.get(f"{PAGE}?{MONTH}&within=60"))
    assert "Serviceniveau SL2, svar inden for 60 sekunder" in everything
    rows = {row[1]: row[8] for row in lines(eva.get(f"{LEVEL}file/?{MONTH}&by=nothing&within=60"))}
    assert rows["service_level_sl4 v1 within 60 seconds"] == "66,67"
    wrong = eva.get(f"{LEVEL}?{MONTH}&within=0%2C901")
    assert wrong.status_code == 422
    assert "Skriv højst 6 hele tal mellem 1 og 900, med komma imellem." in words(wrong)


def test_a_figure_by_another_formula_than_the_agreed_one_is_remarked(as_person: SignIn, world: World) -> None:
    agreed_on(world, kpi="service_level_sl2", value=80, within=20)
    write(*calls(7), *calls(8, first=50, queue="bif-erhverv"))
    eva = as_person("eva")
    other = "En anden formel end aftalens: Serviceniveau SL2, svar inden for 20 sekunder."
    page = words(eva.get(f"{PAGE}?{MONTH}"))
    assert page.count(other) == 8, "the six service levels, and the answers within 20 and 100 seconds"
    assert words(eva.get(f"{PAGE}?{MONTH}&within=20")).count(other) == 13, "SL2 within 20 seconds is the agreed one"
    assert other in words(eva.get(f"{LEVEL}?{MONTH}"))
    assert other in words(eva.get(f"{PAGE}?{MONTH}&by=queue&section=waiting"))
    remarks = {row[1]: row[10] for row in lines(eva.get(f"{PAGE}file/?{MONTH}&within=20"))}
    assert remarks["service_level_sl4 v1"] == other
    assert remarks["service_level_sl2 v1 within 20 seconds"] == ""
    assert "anden formel" not in words(eva.get(f"{PAGE}?period=own&first=2026-02-01&last=2026-02-28")), "not agreed yet"
    finn = as_person("finn")
    named = "En anden formel end aftalens for TMF kontaktcenter: Serviceniveau SL2, svar inden for 20 sekunder."
    assert named in words(finn.get(f"{LEVEL}?{MONTH}"))
    assert other in words(finn.get(f"{LEVEL}?{MONTH}&queue=tmf-byggeri"))
    assert "anden formel" not in words(finn.get(f"{LEVEL}?{MONTH}&centre=bif"))


def test_the_command_says_which_formula_is_agreed(world: World) -> None:
    agreed_on(world, kpi="service_level_sl2", value=80, within=20)
    said = {}
    for code, within in (("service_level_sl4", None), ("service_level_sl2", 20), ("transfers", None)):
        out = StringIO()
        call_command("figures", code, first=MORNING.date(), within=within, json=True, stdout=out)
        said[code] = json.loads(out.getvalue())["notes"]
    note = "the agreement of tmf names service_level_sl2 v1 within 20 seconds"
    assert said == {"service_level_sl4": [note], "service_level_sl2": [], "transfers": []}
    plain = StringIO()
    call_command("figures", "service_level_sl4", first=MORNING.date(), queue=["tmf-byggeri"], stdout=plain)
    assert f"note: {note}" in plain.getvalue()
    other = StringIO()
    call_command("figures", "service_level_sl4", first=MORNING.date(), centre=["bif"], stdout=other)
    assert "note" not in other.getvalue()


def test_a_definition_that_changed_in_the_period_is_stated(as_person: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    (old,) = [each for each in DEFINITIONS if each.code == "given_up"]
    new = dataclasses.replace(old, version=2, valid_from=MORNING.date())
    monkeypatch.setattr(access, "DEFINITIONS", (*DEFINITIONS, new))
    page = words(as_person("eva").get(f"{PAGE}given_up/?{MONTH}"))
    assert "Hele perioden er regnet efter version 2, som gælder fra 11. marts 2026." in page
    before = words(as_person("eva").get(f"{PAGE}given_up/?period=own&first=2026-02-01&last=2026-02-28"))
    assert "given_up v1" in before
    assert "skiftede" not in before


def test_the_choices_of_the_formulas_are_listed_with_the_figures_that_make_them(as_person: SignIn) -> None:
    page = words(as_person("eva").get(f"{PAGE}help/"))
    assert page.count("Tilbydes ikke.") == 8
    assert "den kø, der giver det fra sig" in page
    assert f'<a href="{PAGE}service_level_slg/">' in page
    assert "#switches-title" in words(as_person("eva").get(LEVEL))
