"""Earlier measurements are imported whole or not at all, and never twice."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client

from indgang.audit.models import Change
from indgang.audit.trail import System
from indgang.feedback import earlier
from indgang.feedback.models import EarlierResult
from indgang.tables.reading import UnreadableTable
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
HEAD = "serie;skala;fra;til;emne;enhed;svar;gennemsnit"
GOOD = (
    "Smileyer ved døren;smileys_1_4;2024-01-01;2024-01-31;satisfaction;tmf;812;3,4",
    "Straksmåling;keys_1_9;01.02.2024;29.02.2024;courtesy;;90;7.8",
)


def table(*rows: str) -> bytes:
    return "\n".join((HEAD, *rows)).encode()


def test_each_series_keeps_its_scale_and_has_an_index(world: World) -> None:
    found = earlier.import_results(table(*GOOD), by=world.finn, at=MORNING)
    assert (found.new, found.changed, found.wrong) == (2, 0, ())
    door, instant = EarlierResult.objects.order_by("series")
    assert (door.unit, door.answers) == (world.units["tmf"], 812)
    assert door.index == pytest.approx(80)
    assert instant.index == pytest.approx(85)
    assert earlier.import_results(table(*GOOD), by=world.finn, at=MORNING) == earlier.EarlierImport()
    corrected = earlier.import_results(table(GOOD[0].replace("812", "813")), by=world.finn, at=MORNING)
    assert (corrected.new, corrected.changed, EarlierResult.objects.count()) == (0, 1, 2)
    assert Change.objects.filter(action="earlier_result.import").count() == 3


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("smileys_1_4", "smiley", "Skriv en af: keys_1_9"), ("3,4", "4,1", "mellem 1 og 4"),
        ("3,4", "god", "ikke et tal"),
        ("3,4", "NaN", "mellem 1 og 4"), ("812", "0", "hvor mange svar"), ("812", "9" * 30, "ikke et antal"),
        ("812", "99999999", "hvor mange svar"), ("tmf", "nej", "Enheden"), ("2024-01-01", "2024-13-01", "ikke en dag"),
        ("2024-01-31", "", "den sidste dag"), ("satisfaction", "open", "Skriv en af: satisfaction"),
        ("2024-01-01", "2025-01-01", "ligge før"), ("Smileyer ved døren", "", "hvad målingen hedder"),
    ],
)  # fmt: skip
def test_a_wrong_row_is_named_and_nothing_is_imported(world: World, old: str, new: str, reason: str) -> None:
    found = earlier.import_results(table(GOOD[1], GOOD[0].replace(old, new)), by=System("import"), at=MORNING)
    (wrong,) = found.wrong
    assert wrong.line == 3
    assert reason in wrong.reason
    assert not EarlierResult.objects.exists()


def test_a_file_without_the_columns_is_refused(world: World) -> None:
    with pytest.raises(UnreadableTable, match="skala"):
        earlier.import_results(b"serie;fra\na;b\n", by=System("import"), at=MORNING)


def test_the_command_imports_and_reports(world: World, tmp_path: Path) -> None:
    file, said = tmp_path / "old.csv", StringIO()
    file.write_bytes(table(*GOOD))
    call_command("feedback", "import", str(file), stdout=said)
    assert "2 new results" in said.getvalue()
    file.write_bytes(table(GOOD[0].replace("3,4", "9")))
    with pytest.raises(CommandError, match="nothing was imported"):
        call_command("feedback", "import", str(file), stderr=StringIO())


def test_the_page_imports_and_shows_the_index(world: World) -> None:
    finn = Client()
    finn.force_login(world.finn, backend="django.contrib.auth.backends.ModelBackend")
    wrong = SimpleUploadedFile("a.csv", table(*[GOOD[0].replace("3,4", "9")] * 12), "text/csv")
    refused = finn.post("/office/feedback/earlier/import/", {"table": wrong})
    assert refused.status_code == 422
    assert "Linje 2: Gennemsnittet" in refused.content.decode()
    assert "Linje 13: Gennemsnittet" in refused.content.decode(), "every wrong row is listed"
    good = SimpleUploadedFile("a.csv", table(*GOOD), "text/csv")
    assert finn.post("/office/feedback/earlier/import/", {"table": good}).status_code == 302
    shown = finn.get("/office/feedback/earlier/").content.decode()
    assert "<strong>80</strong>" in shown
    hans = Client()
    hans.force_login(world.hans, backend="django.contrib.auth.backends.ModelBackend")
    assert "Hent ind" not in hans.get("/office/feedback/earlier/").content.decode()
    assert hans.post("/office/feedback/earlier/import/", {}).status_code == 403
