"""A gap that an existing page could have answered shows the imported visits to that page."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence

import pytest
from django.core.management import call_command
from django.db.models import Q
from pytest_django import DjangoAssertNumQueries

from indgang.analysis import page_visits
from indgang.analysis.gaps.deciding import SitePage
from indgang.audit.trail import System
from indgang.enquiries.models import ArticleUse
from indgang.history import value_importing, withdrawing
from indgang.history.mapping import choices
from indgang.history.mapping.fields import SourceKind
from indgang.history.models import HistoryImport
from tests.analysis.asked import ask
from tests.knowledge_world import KnowledgeWorld
from tests.office.conftest import SignIn
from tests.office.cooperation.test_cooperation_pages import text_of
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db

GAP = "/office/gaps/page-altan/"
BY = System("indgang import")
SAID = "Besøg på siden før Indgang, importeret"


def imported(rows: Sequence[str], *, unit: str = "", name: str = "webstatistik.csv") -> HistoryImport:
    header = "Måned;Side;Besøg"
    mapping = choices.guessed(SourceKind.VISITS, header.split(";"))
    file = io.BytesIO("\n".join([header, *rows]).encode())
    found = value_importing.run(file, mapping, name=name, by=BY, at=MORNING, unit=unit)
    assert (found.imported, found.rejected) == (len(rows), 0)
    return found


@pytest.fixture
def asked(knowledge_world: KnowledgeWorld, world: World) -> None:
    """Ten callers who were answered from the page about balconies."""
    version = knowledge_world.articles["altan"].versions.get(language="da")
    for each in ask(world, 10):
        ArticleUse.objects.create(enquiry=each.enquiry, version=version, shown_at=MORNING, used_at=MORNING)


@pytest.mark.usefixtures("asked")
def test_visits_to_the_address_of_the_page_are_added_up(as_person: SignIn) -> None:
    ida = as_person("ida")
    assert SAID not in text_of(ida.get(GAP))
    source = imported([
        "2025-01;https://gammel.kk.dk/svar/altan?q=storm;400", "2025-02;/svar/altan/;500",
        "2025-02;/svar/altankasser/;9000", "2025-01;Må jeg få en altan?;7",
    ])  # fmt: skip
    shown = text_of(ida.get(GAP))
    assert f"{SAID} 900 i perioder fra 1.1.2025 til 28.2.2025, cirka 464 om måneden (webstatistik.csv)" in shown
    withdrawing.withdraw(source, why="Forkert", by=BY, at=MORNING)
    assert SAID not in text_of(ida.get(GAP))


@pytest.mark.usefixtures("asked")
def test_a_title_stands_for_an_address_and_few_visits_are_not_told(as_person: SignIn) -> None:
    imported(["2025-01;Må jeg få en altan?;4"])
    assert f"{SAID} for få til at blive vist" in text_of(as_person("ida").get(GAP))


def test_the_visits_of_several_pages_are_read_at_once(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    imported([
        "2025-01;/svar/ALTAN.aspx;400", "2025-02;/svar/altan/;500", "2025-01;/svar/altan.html/;9000",
        "2025-03;altan;600", "2025-01;TRÆER PÅ VEJEN;60", "2025-01;/svar/skilte.htm;70", "2025-01;Skilte;8000",
    ])  # fmt: skip
    titles = {"altan": "Må jeg få en altan?", "traeer": "Træer på vejen", "skilte": "Skilte", "hegn": "Hegn"}
    pages = [SitePage(slug, title, "byggetilladelse") for slug, title in titles.items()]
    with django_assert_num_queries(2):
        found = page_visits.of_pages(pages, Q())
    assert {slug: each.number for slug, each in found.items()} == {"altan": 1500, "traeer": 60, "skilte": 8070}


@pytest.mark.usefixtures("asked")
def test_visits_of_a_unit_are_for_those_who_see_their_import(as_person: SignIn) -> None:
    imported(["2025;/svar/altan/;1200"], unit="tmf")
    assert SAID not in text_of(as_person("ida").get(GAP))
    finn = as_person("finn")
    assert f"{SAID} 1.200 i perioder fra 1.1.2025 til 31.12.2025, cirka 100" in text_of(finn.get(GAP))
    out = io.StringIO()
    call_command("gaps", "--json", stdout=out)
    of_ida, of_finn = (each.get("/api/gaps/").json()["gaps"][0]["past_visits"] for each in (as_person("ida"), finn))
    assert of_ida is None
    assert (of_finn["number"], of_finn["a_month"], of_finn["first"], of_finn["names"]) == (
        1200, 100, "2025-01-01", ["webstatistik.csv"],
    )  # fmt: skip
    assert json.loads(out.getvalue())["gaps"][0]["past_visits"] == of_finn
