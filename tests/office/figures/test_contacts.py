"""From a figure to the contacts behind it and back: the list and the figure are the same."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from django.db import transaction

from indgang.audit.models import Look
from indgang.core.ids import uuid7
from indgang.enquiries.event_kinds import EnquiryKind
from indgang.enquiries.models import Enquiry
from indgang.entry.event_kinds import Kind
from indgang.entry.models import Queue
from indgang.measures.definitions import DEFINITIONS
from indgang.measures.period import Period
from indgang.measures.rollups import contacts_behind, counting, reading
from indgang.measures.rollups.contacts_behind import BehindWhat
from indgang.measures.rollups.facts import Measure
from indgang.measures.rollups.reading import GroupBy
from indgang.office.figures import contacts, files
from tests.enquiries.told_calls import abandoned, happen, talked, waiting
from tests.measures.histories import registered
from tests.office.conftest import SignIn
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db(transaction=True)

LEVEL = "/office/figures/service_level_sl4/"
MARCH = "period=own&first=2026-03-01&last=2026-03-31"


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def register(enquiry: Enquiry, *outcomes: str, **more: Any) -> None:
    happen(str(enquiry.pk), (EnquiryKind.REGISTERED, 300, registered(*outcomes, **more)))


def written(within: bool) -> None:
    told = {"channel": "mail", "centre": "tmf", "caller_name": "Bageriet"}
    queue = {"queue": "tmf-oevrige"}
    happen(
        str(uuid7()), (EnquiryKind.RECEIVED, 0, told), (Kind.QUEUED, 1, queue),
        (EnquiryKind.REPLIED, 900, queue | {"open_seconds": 800.0, "within": 7200.0 if within else 60.0}),
    )  # fmt: skip


@pytest.fixture
def march(world: World) -> list[Enquiry]:
    """Calls of two centres and two days, some given up, one waiting, two mails, one visit typed later."""
    made = [talked(world.anna, start=MORNING + timedelta(minutes=each)) for each in range(6)]
    made += [talked(world.anna, queue="bif-erhverv", start=MORNING + timedelta(days=1)) for _each in range(2)]
    made += [abandoned(queue="tmf-byliv", start=MORNING + timedelta(hours=1)), waiting()]
    for enquiry in made[:4]:
        register(enquiry, "resolved", digital=True)
    register(made[4], "message", service="affald")
    written(True)
    written(False)
    counting.follow()
    return made


def test_the_list_behind_every_figure_adds_up_to_it_in_every_part(march: list[Enquiry]) -> None:
    period = Period.month(MORNING.date())
    for definition in DEFINITIONS:
        for by in GroupBy:
            for group, totals in reading.totals(period, by=by).items():
                what = BehindWhat(definition, period, {}, by, group)
                rows = contacts_behind.behind(what).rows
                assert sum(row.figure.base for row in rows) == definition.of(totals).base, (definition.name, by, group)


def test_the_contacts_come_in_pages_each_once(march: list[Enquiry]) -> None:
    (level,) = [each for each in DEFINITIONS if each.code == "service_level_sl4"]
    what = BehindWhat(level, Period.month(MORNING.date()), {"centre": ["tmf", "bif"]})
    everything = contacts_behind.behind(what)
    assert everything.following is None
    found, after = [], None
    for _page in range(20):
        page = contacts_behind.behind(what, after=after, most=2)
        found += page.rows
        after = page.following
        if after is None:
            break
    assert found == everything.rows
    assert len(found) > 4


def test_a_leader_goes_from_a_figure_to_its_contacts_and_back(march: list[Enquiry], as_person: SignIn) -> None:
    eva = as_person("eva")
    figure = words(eva.get(f"{LEVEL}?{MARCH}"))
    address = re.search(r'href="([^"]*/contacts/\?[^"]*by=queue&amp;part=tmf-byggeri)"', figure)
    assert address is not None
    page = words(eva.get(address.group(1).replace("&amp;", "&")))
    assert "Byggeri: <strong>100,0 %</strong> ud af 6." in page
    assert page.count("<td>Tæller i tallet</td>") == 6
    assert "Tæller kun i grundlaget</td>" not in page
    one = words(eva.get(f"/office/figures/contacts/{march[0].pk}/"))
    assert "Serviceniveau (besvaret inden for køens løfte)</a>" in one
    assert "Straksafklaring</a>" in one
    assert "+4599990101" not in one, "not who it is from"
    assert [look.page for look in Look.objects.all()] == ["office.counted_contact"]


def test_only_those_who_lead_the_centre_see_single_contacts(march: list[Enquiry], as_person: SignIn) -> None:
    hans, eva, finn = as_person("hans"), as_person("eva"), as_person("finn")
    assert hans.get(LEVEL).status_code == 200
    assert "/contacts/" not in words(hans.get(f"{LEVEL}?{MARCH}"))
    assert hans.get(f"{LEVEL}contacts/?{MARCH}").status_code == 403
    assert hans.get(f"{LEVEL}contacts/file/?{MARCH}").status_code == 403
    other = march[6].pk
    assert str(other) in words(finn.get(f"{LEVEL}contacts/?{MARCH}"))
    assert str(other) not in words(eva.get(f"{LEVEL}contacts/?{MARCH}"))
    assert eva.get(f"{LEVEL}contacts/?{MARCH}&by=centre&part=bif").content.decode().count("<tbody>") == 0
    assert eva.get(f"/office/figures/contacts/{other}/").status_code == 404
    assert finn.get(f"/office/figures/contacts/{uuid7()}/").status_code == 404


@pytest.mark.parametrize(
    "part",
    [
        "",
        "by=day&part=2026-03-11",
        "by=month&part=2026-03",
        "by=queue&part=tmf-byggeri",
        "by=channel&part=phone&side=for",
    ],
)
def test_the_way_back_leads_to_the_figure(march: list[Enquiry], as_person: SignIn, part: str) -> None:
    eva = as_person("eva")
    page = words(eva.get(f"{LEVEL}contacts/?{MARCH}&{part}"))
    back = re.search(r'href="(/office/figures/service_level_sl4/\?[^"]*)"', page)
    assert back is not None
    figure = eva.get(back.group(1).replace("&amp;", "&"))
    assert figure.status_code == 200
    assert "1. marts 2026 til 31. marts 2026" in words(figure)


def test_a_contact_that_went_on_to_another_centre_tells_each_its_own_part(world: World, as_person: SignIn) -> None:
    call = waiting()
    happen(
        str(call.pk), (Kind.OVERFLOWED, 60, {"queue": "tmf-byggeri"}), (Kind.QUEUED, 60, {"queue": "bif-erhverv"}),
    )  # fmt: skip
    counting.follow()
    queue = Queue.objects.get(code="bif-erhverv")
    Enquiry.objects.filter(pk=call.pk).update(centre=queue.centre, queue=queue, talk_seconds=777)
    theirs = words(as_person("eva").get(f"/office/figures/contacts/{call.pk}/"))
    assert "hører nu til et andet center" in theirs
    for said in ("Erhverv og rekruttering", "12:57", "Tilstand"):
        assert said not in theirs
    assert "12:57" in words(as_person("finn").get(f"/office/figures/contacts/{call.pk}/"))


def test_those_that_count_against_are_listed_alone(march: list[Enquiry], as_person: SignIn) -> None:
    page = words(as_person("eva").get(f"/office/figures/given_up/contacts/?{MARCH}&side=for"))
    assert page.count("<tr>") == 1 + 1
    assert "<td>Opgivet</td>" in page
    against = words(as_person("eva").get(f"/office/figures/given_up/contacts/?{MARCH}&side=against"))
    assert against.count("<td>Tæller kun i grundlaget</td>") == 6


def test_all_contacts_come_as_a_file(march: list[Enquiry], as_person: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contacts, "PER_PAGE", 1)
    answer: Any = as_person("eva").get(f"{LEVEL}contacts/file/?{MARCH}")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    head, *rows = csv.reader(io.StringIO(text), delimiter=";")
    assert head[-1] == "Tæller"
    assert [row[-1] for row in rows] == ["Tæller i tallet"] * 6 + ["Tæller kun i grundlaget"] * (len(rows) - 6)
    assert rows[0][8] == "30", "seconds"
    assert rows[0][0] == str(march[0].pk)


def test_duckdb_reads_the_contacts_behind_a_figure(
    march: list[Enquiry], as_person: SignIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = as_person("eva").get(f"{LEVEL}contacts/parquet/?{MARCH}")
    file = tmp_path / "rows.parquet"
    file.write_bytes(answer.content)
    asked = f"SELECT count(*), sum(base), count(*) FILTER (WHERE value = 100), min(queue), max(seconds) FROM '{file}'"
    found = duckdb.connect().execute(asked).fetchone()
    shown = as_person("eva").get(f"{LEVEL}contacts/?{MARCH}").context["found"].shown
    assert found is not None
    assert found[1] == shown.figure.base
    assert 100 * found[2] / found[1] == pytest.approx(shown.figure.value)
    assert answer["Content-Disposition"].endswith('henvendelser-2026-03-01-2026-03-31.parquet"')
    assert as_person("eva").get(f"{LEVEL}contacts/parquet/?{MARCH}&side=neither").status_code == 400
    monkeypatch.setattr(files, "MOST_CONTACTS", 3)
    cut = as_person("eva").get(f"{LEVEL}contacts/parquet/?{MARCH}")
    file.write_bytes(cut.content)
    assert duckdb.connect().execute(f"SELECT count(*) FROM '{file}'").fetchone() == (3,)
    assert "de-foerste-3" in cut["Content-Disposition"]


def test_a_file_says_where_it_was_cut_off(
    march: list[Enquiry], as_person: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MOST_CONTACTS", 3)
    answer: Any = as_person("eva").get(f"{LEVEL}contacts/file/?{MARCH}")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    _head, *rows = csv.reader(io.StringIO(text), delimiter=";")
    assert [len(row) for row in rows] == [10, 10, 10, 1]
    assert rows[-1] == ["Kun de første 3 står her. Vælg færre dage eller en del."]


def test_only_the_chosen_queue_is_looked_through_where_the_fact_is_in_that_of_one_event(march: list[Enquiry]) -> None:
    (level,) = [each for each in DEFINITIONS if each.code == "service_level_sl4"]
    for only, by, group in (
        ({"queue": ["bif-erhverv"]}, GroupBy.NOTHING, ""), ({}, GroupBy.QUEUE, "bif-erhverv"),
        ({"centre": ["bif"]}, GroupBy.CHANNEL, "phone"),
    ):  # fmt: skip
        what = BehindWhat(level, Period.month(MORNING.date()), only, by, group)
        with transaction.atomic():
            assert set(contacts_behind._streams(what, None, 100)) == {march[6].pk, march[7].pk}


@pytest.mark.parametrize(
    "query",
    ["by=day&part=yesterday", "by=month&part=2026-13", "by=day&part=9999-12-31", "after=nonsense", "side=neither",
     "by=month&part=2026-03-01", "by=day&part=."],
)  # fmt: skip
def test_an_address_that_means_nothing_gets_a_sentence(world: World, as_person: SignIn, query: str) -> None:
    answer = as_person("finn").get(f"{LEVEL}contacts/?{MARCH}&{query}")
    assert answer.status_code == 422
    assert "Gå tilbage til nøgletallet" in words(answer)
    assert as_person("finn").get(f"{LEVEL}contacts/file/?{MARCH}&{query}").status_code == 400


def test_every_measure_has_words() -> None:
    assert contacts.MEASURE_WORDS.keys() == set(Measure)
