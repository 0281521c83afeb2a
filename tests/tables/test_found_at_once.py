"""What a table or a page changes in the catalogue is found at once, and what lies below a moved unit with it."""

from __future__ import annotations

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from indgang.accounts.models import Person
from indgang.catalogue import directory, offering, units
from indgang.catalogue.models import DirectoryEntry, Service, Unit
from indgang.config import jobs
from indgang.knowledge import reindexing
from indgang.knowledge.models import Article, Audience, SearchDocument
from indgang.knowledge.search import find
from tests.tables.test_kinds import written
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db


def found(query: str, person: Person | None = None) -> list[tuple[str, str]]:
    return [(hit.kind, hit.key) for hit in find.find(query, person=person, at=MORNING).hits]


def test_what_a_table_brings_is_found_at_once(world: World) -> None:
    written(world, "units", "Kode;Navn;Slags;Hører under\nkirke;Kirkegårdskontoret;Enhed;tmf\n")
    written(world, "services", "Kode;Navn;Enhed;Søgeord\ngravsted;Gravsteder;kirke;urnenedsættelse\n")
    written(world, "directory", "Navn;Initialer;Enhed\nViggo Vangsgaard;vv;kirke\n")
    written(world, "people", "Brugernavn;Navn;Initialer;Enhed\nnora;Nora Nordentoft;nn;kirke\n")
    viggo, nora = (DirectoryEntry.objects.get(initials=initials).pk for initials in ("vv", "nn"))
    assert ("unit", "kirke") in found("kirkegårdskontoret")
    assert ("service", "gravsted") in found("urnenedsættelse")
    assert ("person", str(viggo)) in found("vangsgaard", world.anna)
    assert ("person", str(nora)) in found("nordentoft", world.anna)
    written(world, "services", "Kode;Navn;Enhed;Søgeord\ngravsted;Gravsteder;kirke;kolumbarium\n")
    assert ("service", "gravsted") not in found("urnenedsættelse")
    assert ("service", "gravsted") in found("kolumbarium")


def test_what_a_page_changes_is_found_at_once(world: World) -> None:
    finn = world.finn
    offering.save_service(Service.objects.get(code="affald"), keywords="kompostbeholder", by=finn, at=MORNING)
    entry = directory.save(world.directory["aase"], responsibilities="vandskel", by=finn, at=MORNING)
    assert ("service", "affald") in found("kompostbeholder")
    assert ("person", str(entry.pk)) in found("vandskel", world.anna)
    units.change(Unit.objects.get(code="ctb-byliv"), name="Kontoret for Torvehandel", by=finn, at=MORNING)
    assert ("unit", "ctb-byliv") in found("torvehandel")


def test_what_lies_below_a_moved_unit_moves_in_the_index(world: World) -> None:
    unit = Unit.objects.get(code="ctb-byliv")
    entry = DirectoryEntry.objects.create(name="Ove", unit=unit)
    article = Article.objects.create(
        slug="intern", unit=unit, audience=Audience.UNIT, review_on=MORNING.date(), created_at=MORNING
    )
    article.versions.create(
        language="da", number=1, title="Torvedage", state="published", published_from=MORNING, created_at=MORNING,
        changed_at=MORNING,
    )  # fmt: skip
    reindexing.reindex()
    units.move(unit, parent=world.units["bif"], by=world.finn, at=MORNING)
    paths = SearchDocument.objects.filter(key__in=("intern", str(entry.pk)), kind__in=("article", "person"))
    assert set(paths.values_list("unit_path", flat=True)) == {"kk/bif/ctb-byliv/"}


def test_a_large_table_is_left_to_the_worker(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reindexing, "MOST_AT_ONCE", 2)
    text = "".join(f"Navn{n} Nissen;n{n};cby\n" for n in range(3))
    written(world, "directory", "Navn;Initialer;Enhed\n" + text)
    assert not SearchDocument.objects.filter(kind="person").exists()
    job = ProcrastinateJob.objects.get(task_name=reindexing.TASK)
    jobs.refresh_search(**job.args)
    assert SearchDocument.objects.filter(kind="person", title__endswith="Nissen").count() == 3
