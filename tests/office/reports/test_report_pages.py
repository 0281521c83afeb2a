"""The pages of reports: who reads what, notes, sending, templates and milestones."""

from __future__ import annotations

import html
import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import translation

from indgang.accounts.models import Person
from indgang.catalogue.models import ScheduleException
from indgang.core import clock
from indgang.measures.models import Rollup, SummedRollup
from indgang.measures.period import Period
from indgang.messaging.models import Mail
from indgang.reports import making, sending, warnings
from indgang.reports.models import EarlyWarning, Report, ReportBlock, ReportMilestone, ReportReader, ReportTemplate
from tests.office.figures.test_pages import words
from tests.reports.made import DUE, calls, template
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def due() -> object:
    with clock.frozen(DUE):
        yield


def client_of(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def made(world: World, code: str = "weekly-board", *, starts_on: date = date(2026, 2, 1)) -> Report:
    """A report of the TMF centre, as a draft."""
    calls(9, 3)
    chosen = template(world, code, starts_on=starts_on)
    making.make_due(at=DUE)
    return Report.objects.filter(template=chosen).order_by("person__name")[0]


def status(person: Person, path: str) -> int:
    return client_of(person).get(path).status_code


def test_a_draft_is_for_those_who_make_it_and_a_sent_report_for_those_who_see_figures(world: World) -> None:
    report = made(world, "owner")
    path = f"/office/reports/{report.pk}/"
    everybody = (world.eva, world.hans, world.gerda, world.anna, world.otto, world.finn)
    assert [status(person, path) for person in everybody] == [200, 200, 404, 404, 404, 200]
    sending.send(report, by=world.eva, at=DUE)
    assert [status(person, path) for person in everybody] == [200, 200, 200, 404, 404, 200]
    ReportReader.objects.create(template=report.template, person=world.otto)
    assert status(world.otto, path) == 200


def test_the_team_reads_its_own_board(world: World) -> None:
    report = made(world)
    sending.send_due(at=DUE)
    assert status(world.anna, f"/office/reports/{report.pk}/board/") == 200
    assert status(world.otto, f"/office/reports/{report.pk}/board/") == 404
    text = client_of(world.anna).get(f"/office/reports/{report.pk}/board/?theme=dark").content.decode()
    assert "theme-dark" in text
    assert "75\N{NO-BREAK SPACE}%" in text


def test_own_figures_are_seen_by_the_employee_alone(world: World) -> None:
    report = made(world, "employee")
    sending.send_due(at=DUE)
    assert report.person == world.anna
    for page in ("", "file/", "board/"):
        path = f"/office/reports/{report.pk}/{page}"
        assert [status(person, path) for person in (world.anna, world.bo, world.eva, world.hans, world.finn)] == [
            200, 404, 404, 404, 404
        ]  # fmt: skip
    assert client_of(world.eva).post(f"/office/reports/{report.pk}/notes/", {"notes": "x"}).status_code == 404
    assert "Dine tal" not in client_of(world.eva).get("/office/reports/").content.decode()


def test_a_figure_leads_to_its_page_with_the_same_value_for_who_sees_figures(world: World) -> None:
    report = made(world)
    path = f"/office/reports/{report.pk}/"
    page = client_of(world.eva).get(path).content.decode()
    found = re.findall(r'href="(/office/figures/([a-z0-9_]+)/[^"]+)"', page)
    block = report.content["blocks"][0]
    assert [code for _address, code in found] == [each["code"] for each in block["figures"]]
    address = next(address for address, code in found if code == "service_level_sl4")
    assert "75,0 %" in words(client_of(world.eva).get(unescape(address)))
    sending.send_due(at=DUE)
    of_team = client_of(world.anna).get(path).content.decode()
    assert "Ugen i tal" in of_team
    assert "/office/figures/service_level_sl4/" not in of_team
    # a report that was made before has its rows alone
    del block["figures"]
    Report.objects.filter(pk=report.pk).update(content=report.content)
    old = client_of(world.eva).get(path).content.decode()
    assert (block["rows"][1][0] in old, "/office/figures/service_level_sl4/" in old) == (True, False)


def test_the_responsible_writes_notes_and_sends_and_then_nothing_changes(world: World) -> None:
    report = made(world, "owner")
    client, path = client_of(world.eva), f"/office/reports/{report.pk}/"
    assert client.post(f"{path}notes/", {"notes": "Strejke"}).status_code == 302
    assert client.post(f"{path}notes/", {"notes": "😀"}).status_code == 422
    draft = client.get(f"{path}file/")
    assert (draft.headers["Content-Type"], draft.content[:5]) == ("application/pdf", b"%PDF-")
    assert client.post(f"{path}sending/").status_code == 302
    assert client.post(f"{path}notes/", {"notes": "For sent"}).status_code == 422
    page = client.get(path).content.decode()
    assert "Strejke" in page
    assert "Hans Havreholm: Sendt" in page
    assert client.get(f"{path}file/").content == bytes(Report.objects.get().pdf or b"")
    # a reader sees no receivers
    assert "Hans Havreholm: Sendt" not in client_of(world.gerda).get(path).content.decode()


def test_a_template_is_begun_edited_and_shows_who_did_not_get_it(world: World) -> None:
    client = client_of(world.eva)
    answer = client.post(
        "/office/reports/templates/new/",
        {"centre": world.centres["tmf"].pk, "preset": "owner", "starts_on": "2026-02-01"},
    )
    chosen = ReportTemplate.objects.get()
    assert answer.headers["Location"] == f"/office/reports/templates/{chosen.pk}/"
    path = f"/office/reports/templates/{chosen.pk}/"
    values = {
        "title": "Til TMF", "cadence": "monthly", "starts_on": "2026-02-01", "days_after": 2, "sending_days": 0,
        "responsible": world.eva.pk, "readers": "named", "named": [world.gerda.pk], "is_running": "on",
    }  # fmt: skip
    assert client.post(path, values).status_code == 302
    Person.objects.filter(pk=world.gerda.pk).update(email="")
    making.make_due(at=DUE)
    sending.send_due(at=DUE)
    page = client.get(path).content.decode()
    assert "Gerda Grønvang: Har ingen mailadresse" in page
    report = Report.objects.get()
    later = [f"{path}missed/{report.pk}/", f"/office/reports/{report.pk}/missed/"]
    assert later[0] not in page, "she still has none"
    for number, (address, shown) in enumerate(zip(later, (path, f"/office/reports/{report.pk}/"), strict=True), 1):
        report.receipts.update(state="no_address")
        Person.objects.filter(pk=world.gerda.pk).update(email="gerda@indgang.test")
        assert address in client.get(shown).content.decode()
        assert client_of(world.otto).post(address).status_code in (403, 404)
        assert client.post(address).status_code == 302
        assert Mail.objects.filter(to="gerda@indgang.test").count() == number
        assert address not in client.get(shown).content.decode()
    assert client.post(path, values | {"responsible": world.otto.pk}).status_code == 422


def test_a_report_that_nobody_would_get_says_so_before_its_day(world: World) -> None:
    calls(9, 3)
    chosen = template(world, "quarterly", starts_on=date(2025, 10, 1))
    client, path = client_of(world.eva), f"/office/reports/templates/{chosen.pk}/"
    making.make_due(at=DUE)
    draft = f"/office/reports/{Report.objects.get().pk}/"
    assert "Ingen får den endnu" in Mail.objects.get(to=world.eva.email).text
    assert ["Ingen får rapporten endnu" in client.get(page).content.decode() for page in (path, draft)] == [True] * 2
    ReportReader.objects.create(template=chosen, person=world.gerda)
    assert ["Ingen får rapporten endnu" in client.get(page).content.decode() for page in (path, draft)] == [False] * 2


def test_blocks_are_added_changed_and_removed(world: World) -> None:
    chosen = template(world)
    client, path = client_of(world.eva), f"/office/reports/templates/{chosen.pk}/blocks/"
    values = {
        "kind": "plot", "heading": "Kanaler", "position": 15, "text": "", "figures": ["contacts_arrived"],
        "by": "channel",
    }  # fmt: skip
    assert client.post(f"{path}new/", values).status_code == 302
    block = ReportBlock.objects.get(heading="Kanaler")
    assert [each.pk for each in chosen.blocks.all()][1] == block.pk
    answer = client.post(f"{path}{block.pk}/", values | {"figures": []})
    assert answer.status_code == 422
    assert "Vælg mindst ét nøgletal" in answer.content.decode()
    assert client.post(f"{path}{block.pk}/removal/").status_code == 302
    assert not ReportBlock.objects.filter(pk=block.pk).exists()


def test_a_warning_is_answered_on_its_page_by_the_centres_leaders(world: World) -> None:
    row = EarlyWarning.objects.create(
        centre=world.centres["tmf"], day=date(2026, 3, 10), figure="given_up", version=1, value=40, expected=5, low=-2,
        high=12, cause="Kø: Byggeri", raised_at=DUE,
    )  # fmt: skip
    client, path = client_of(world.eva), f"/office/reports/warnings/{row.pk}/"
    calls(9, 3, start=MORNING - timedelta(days=1))
    with translation.override("da"):
        drawn = warnings.plot(row)
    assert (len(drawn.moments), drawn.series[0].values[-1]) == (71, 25.0)
    assert drawn.limits is not None
    assert (drawn.limits.low, drawn.limits.high) == (0.0, 12)
    assert "Ventet den 10. marts 2026" in client.get(path).content.decode()
    (figure,) = re.findall(r'href="(/office/figures/given_up/[^"]+)"', client.get(path).content.decode())
    opened = client.get(html.unescape(figure))
    assert (opened.status_code, opened.context["form"]["first"].value()) == (200, "2026-03-10")
    assert "mellem 0\N{NO-BREAK SPACE}% og 12\N{NO-BREAK SPACE}%" in client.get(path).content.decode()
    assert client.post(path, {"done": "", "is_false": "on"}).status_code == 422
    assert client.post(path, {"done": "Målefejl", "is_false": "on"}).status_code == 302
    page = client.get("/office/reports/warnings/").content.decode()
    assert "1 advarsler, 1 besvaret, 1 falske." in page
    assert [status(person, path) for person in (world.hans, world.anna, world.otto)] == [200, 403, 403]


def test_a_warning_of_a_day_on_which_the_centre_is_closed_now_can_be_read_and_answered(world: World) -> None:
    """The picture knows the opening hours of today alone."""
    calls(9, 3)
    calls(9, 3, start=MORNING - timedelta(days=1))
    row = EarlyWarning.objects.create(
        centre=world.centres["tmf"], day=date(2026, 3, 11), figure="contacts_arrived", version=1, value=12, expected=5,
        low=-2, high=9, cause="", raised_at=DUE,
    )  # fmt: skip
    ScheduleException.objects.create(schedule=world.centres["tmf"].schedule, day=row.day, reason="Lukket")
    client, path = client_of(world.eva), f"/office/reports/warnings/{row.pk}/"
    assert client.get(path).status_code == 200
    Rollup.objects.filter(quarter__gte=Period.day(row.day).start).delete()
    SummedRollup.objects.filter(day=row.day).delete()
    assert client.get(path).status_code == 200, "nor is it counted any more: its import was taken back"
    assert client.post(path, {"done": "Vi holdt åbent", "is_false": ""}).status_code == 302


def test_milestones_are_kept_for_each_centre(world: World) -> None:
    client, path = client_of(world.eva), "/office/reports/milestones/tmf/"
    assert client.post(path, {"title": "Nyt flow", "planned": "2026-04-01", "reached": ""}).status_code == 302
    row = ReportMilestone.objects.get()
    assert client.post(
        f"{path}{row.pk}/", {"title": "Nyt flow", "planned": "2026-04-01", "reached": "2026-03-10"}
    ).status_code == 302  # fmt: skip
    row.refresh_from_db()
    assert row.reached == date(2026, 3, 10)
    assert client_of(world.otto).get(path).status_code in (403, 404)
    assert client.get("/office/reports/milestones/bif/").status_code == 404
    assert client.post(f"{path}{row.pk}/removal/").status_code == 302
    assert not ReportMilestone.objects.exists()
