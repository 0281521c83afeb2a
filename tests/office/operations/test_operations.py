"""The operations page: running processes, alerts, and dead letters."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db.models.functions import Now

from indgang import __version__
from indgang.audit.models import Change, Look
from indgang.entry.event_kinds import Kind
from indgang.entry.journal import Batch
from indgang.entry.models import Alert, DeadLetter, ExchangeStatus
from indgang.entry.switchboard import dead_letters
from indgang.live.models import RunningProcess
from tests.office.conftest import SignIn
from tests.world import MORNING, World


def test_the_operations_page_tells_what_runs_and_what_does_not(world: World, as_person: SignIn) -> None:
    now = MORNING + timedelta(minutes=5)
    ExchangeStatus.objects.create(name="asterisk", up=True, since=MORNING, heartbeat=now)
    ExchangeStatus.objects.create(name="simulator", up=True, since=MORNING, heartbeat=MORNING)
    page = as_person("finn").get("/office/operations/").content.decode()
    assert "Kan nås" in page
    assert "Ukendt: ingen har forbindelse til den" in page
    assert "kører ikke" in page, "no switchboard holds the lock in this test"
    assert "PostgreSQL" in page


def test_the_operations_page_shows_each_process_with_its_age_and_version(world: World, as_person: SignIn) -> None:
    for name, version, silence, standing_by in (
        ("web", __version__, 3, False), ("live", "0.0.9", 4, False), ("switchboard", __version__, 2, True),
        ("worker", __version__, 75, False),
    ):  # fmt: skip
        RunningProcess.objects.create(
            name=name, host="maskine-1", pid=4711, version=version, standing_by=standing_by,
            started_at=MORNING, heartbeat=Now() - timedelta(seconds=silence),
        )  # fmt: skip
    page = as_person("finn").get("/office/operations/").content.decode()
    rows = dict(re.findall(r'<tr><th scope="row">([^<]*)</th>(.*?)</tr>', page, re.DOTALL))
    assert "kører" in rows["Sider"]
    assert re.search(r"for [3-9] sek. siden", rows["Sider"])
    assert "en anden version end denne" in rows["Live-opdatering"]
    assert "en anden version end denne" not in rows["Sider"]
    assert "klar til at tage over" in rows["Omstilling"]
    assert "giver ikke livstegn" in rows["Baggrundsarbejde"]


def test_without_a_live_process_the_page_says_so(world: World, as_person: SignIn) -> None:
    assert "indgang live" in as_person("finn").get("/office/operations/").content.decode()


def test_without_a_worker_the_page_says_so(world: World, as_person: SignIn) -> None:
    finn = as_person("finn")
    assert "indgang worker" in finn.get("/office/operations/").content.decode()
    RunningProcess.objects.create(
        name="worker", host="maskine-1", pid=1, version=__version__, started_at=MORNING, heartbeat=Now()
    )
    assert "indgang worker" not in finn.get("/office/operations/").content.decode()


def test_an_alert_is_shown_above_all_pages_until_somebody_has_seen_it(world: World, as_person: SignIn) -> None:
    alert = Alert.objects.create(at=MORNING, code="exchange", text="Centralen er væk", centre=world.centres["tmf"])
    eva = as_person("eva")
    assert "Centralen er væk" in eva.get("/office/operations/alert-strip/").content.decode()
    assert "Centralen er væk" not in as_person("anna").get("/office/operations/alert-strip/").content.decode()
    assert as_person("anna").post(f"/office/operations/alerts/{alert.pk}/sight/").status_code == 403
    eva.post(f"/office/operations/alerts/{alert.pk}/sight/")
    alert.refresh_from_db()
    assert alert.seen_by == world.eva.audit_label
    assert "Centralen er væk" not in eva.get("/office/operations/alert-strip/").content.decode()
    assert "set af Eva Engtoft" in as_person("finn").get("/office/operations/").content.decode()


def test_who_is_asked_to_lend_somebody_finds_the_page_that_answers(world: World, as_person: SignIn) -> None:
    Alert.objects.create(
        at=MORNING, code="agent-loan-1", text="BIF vil låne en medarbejder", centre=world.centres["tmf"]
    )
    assert 'href="/office/shifts/tmf/day/"' in as_person("eva").get("/office/operations/alert-strip/").content.decode()


def test_a_leader_does_not_see_alerts_of_other_units(world: World, as_person: SignIn) -> None:
    alert = Alert.objects.create(at=MORNING, code="queue", text="Ingen betjener køen", centre=world.centres["bif"])
    assert as_person("eva").post(f"/office/operations/alerts/{alert.pk}/sight/").status_code == 404
    assert "Ingen betjener" not in as_person("eva").get("/office/operations/alert-strip/").content.decode()


@pytest.mark.parametrize(
    ("code", "text", "said"),
    [
        ("nobody_able", "Byggeri", "Et opkald venter i en kø, som ingen på vagt kan betjene. (Byggeri)"),
        ("installation_backup", "Ingen sikkerhedskopi i /x.", "Installationen: Ingen sikkerhedskopi i /x."),
        ("exchange_asterisk", "asterisk: timed out", "Telefoncentralen kan ikke nås."),
        ("certificate_net", "net, 2026-12-03", "Certifikatet på en telefonlinje udløber snart. (net, 2026-12-03)"),
        ("expired_certificate_net", "net, 2026-11-22", "Certifikatet på en telefonlinje er udløbet."),
        ("to_and_fro", "erhverv v3, menu: bif", "Et forløb kunne ikke føre et opkald videre."),
        ("job messaging.mail", "Baggrundsopgaven er opgivet", "Baggrundsopgaven er opgivet"),
    ],
)
def test_an_alert_says_in_words_what_has_happened(
    world: World, as_person: SignIn, code: str, text: str, said: str
) -> None:
    Alert.objects.create(at=MORNING, code=code, text=text)
    assert said in as_person("finn").get("/office/operations/").content.decode()
    assert said in as_person("finn").get("/office/operations/alert-strip/").content.decode()


def test_a_dead_letter_is_read_with_a_trace_and_deleted_with_another(world: World, as_person: SignIn) -> None:
    batch = Batch(MORNING, events=[Kind.ARRIVED.event("0198f6b2-0000-7000-8000-000000000002", MORNING)])
    dead_letters.keep(batch, ValueError("<b>zero byte</b>"), MORNING)
    row = DeadLetter.objects.get()
    address = f"/office/operations/dead-letters/{row.pk}/"
    assert as_person("eva").get(address).status_code == 403
    finn = as_person("finn")
    assert address in finn.get("/office/operations/").content.decode()
    page = finn.get(address).content.decode()
    assert "0198f6b2-0000-7000-8000-000000000002" in page
    assert "&lt;b&gt;zero byte&lt;/b&gt;" in page
    assert Look.objects.get(subject_id=str(row.pk)).by_label == world.finn.audit_label
    assert finn.post(address).status_code == 302
    assert not DeadLetter.objects.exists()
    assert Change.objects.get(action="dead_letter.delete").before["enquiries"] == row.enquiries
    assert finn.get(address).status_code == 404


def test_administrators_see_the_same_list_on_the_operations_page(world: World, as_person: SignIn) -> None:
    finn = as_person("finn")
    operations = finn.get("/office/operations/").content.decode()
    fetched = re.search(r'<div id="installation"[^>]*>', operations)
    assert fetched is not None
    # without a part's name the element is not live, and htmx fetches nothing
    for attribute in (
        'data-live-parts="installation"',
        'data-live-url="/office/operations/installation/"',
        "data-live-load",
    ):
        assert attribute in fetched[0]
    page = finn.get("/office/operations/installation/").content.decode()
    for title in ("Indstillinger", "Hemmeligheder", "Telefoncentral", "Certifikater", "Sikkerhedskopi"):
        assert title in page
    part = finn.get("/office/operations/installation/", headers={"HX-Request": "true", "HX-Target": "installation"})
    assert part.content.decode().lstrip().startswith("<section")
    assert as_person("anna").get("/office/operations/installation/").status_code in (403, 404)
