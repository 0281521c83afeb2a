"""The import of tables: a preview before anything is stored, an import equal to the preview, and permissions."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook

from indgang.accounts.models import Person, RoleAssignment
from indgang.catalogue.models import DirectoryEntry
from indgang.tables.registry import KINDS
from tests.office.conftest import SignIn
from tests.office.pages import forms_of
from tests.world import World

pytestmark = pytest.mark.django_db

EVERYBODY = ("anna", "david", "eva", "finn", "gerda", "hans", "ida", "ukendt")
GOOD, BAD = "Navn;Enhed;Telefon\nNina Ny;cby;33 66 11 11\n", "Ukendt Enhed;ingen;\n"


def _shown(client: Client, kind: str, content: bytes) -> Any:
    given = SimpleUploadedFile("tabel.csv", content)
    return client.post(reverse("office:table", args=[kind]), {"table": given})


def _write(client: Client, kind: str, preview: Any, what: str = "all") -> Any:
    page, writing = preview.content.decode(), reverse("office:table-writing", args=[kind])
    form = next(each for each in forms_of(page, "") if each.action == writing)
    return client.post(writing, form.fields | {"what": what}, follow=True)


def test_the_pages_are_for_who_may_change_what_is_in_them(world: World, as_person: SignIn) -> None:
    for name in EVERYBODY:
        client, expected = as_person(name), 200 if name == "finn" else 403
        assert client.get(reverse("office:tables")).status_code == expected
        for page in ("table", "table-template", "table-export"):
            assert client.get(reverse(f"office:{page}", args=["people"])).status_code == expected
        if expected == 403:
            assert _shown(client, "directory", GOOD.encode()).status_code == 403
            address = reverse("office:table-writing", args=["directory"])
            assert client.post(address, {"seen": "x", "what": "all"}).status_code == 403
    assert as_person("finn").get(reverse("office:table", args=["ukendt"])).status_code == 404


def test_nothing_is_written_before_it_was_seen_and_then_what_was_seen(world: World, as_person: SignIn) -> None:
    finn = as_person("finn")
    preview = _shown(finn, "directory", GOOD.encode("cp1252"))
    assert preview.status_code == 200
    assert "Nina Ny" in preview.content.decode()
    assert not DirectoryEntry.objects.filter(name="Nina Ny").exists()
    done = _write(finn, "directory", preview).content.decode()
    assert "Indlæst: 1 nye og 0 ændrede." in done
    assert DirectoryEntry.objects.get(name="Nina Ny").phone == "+4533661111"
    again = _shown(finn, "directory", GOOD.encode()).content.decode()
    assert "Der er ikke noget at indlæse." in again


def test_one_bad_row_stops_all_until_the_good_ones_are_chosen(world: World, as_person: SignIn) -> None:
    finn = as_person("finn")
    preview = _shown(finn, "directory", (GOOD + BAD).encode())
    assert "“ingen” findes ikke." in preview.content.decode()
    refused = _write(finn, "directory", preview)
    assert refused.status_code == 422
    assert "Intet er indlæst" in refused.content.decode()
    assert not DirectoryEntry.objects.filter(name="Nina Ny").exists()
    assert "1 er sprunget over" in _write(finn, "directory", refused, "good").content.decode()
    assert DirectoryEntry.objects.filter(name="Nina Ny").exists()
    assert not DirectoryEntry.objects.filter(name="Ukendt Enhed").exists()


def test_what_has_changed_since_it_was_seen_is_shown_again(world: World, as_person: SignIn) -> None:
    finn = as_person("finn")
    preview = _shown(finn, "directory", GOOD.encode())
    entry = DirectoryEntry.objects.create(name="Nina Ny", unit=world.units["cby"], phone="+4533669999")
    answer = _write(finn, "directory", preview)
    assert answer.status_code == 409
    assert "Andre har ændret noget" in answer.content.decode()
    entry.refresh_from_db()
    assert entry.phone == "+4533669999"
    _write(finn, "directory", answer)
    entry.refresh_from_db()
    assert entry.phone == "+4533661111"


def test_what_was_seen_cannot_be_made_up(world: World, as_person: SignIn) -> None:
    finn = as_person("finn")
    address = reverse("office:table-writing", args=["directory"])
    answer = finn.post(address, {"seen": "made:up", "what": "all"}, follow=True)
    assert "Forhåndsvisningen er for gammel" in answer.content.decode()


def test_what_is_no_table_is_refused_at_the_field(world: World, as_person: SignIn) -> None:
    answer = _shown(as_person("finn"), "people", b"\x00\x01\x02")
    assert answer.status_code == 422
    assert "Filen er ikke en tabel." in answer.content.decode()
    missing = _shown(as_person("finn"), "people", b"Navn\nA\n").content.decode()
    assert "Disse kolonner mangler: Brugernavn." in missing


def test_an_export_edited_in_a_spreadsheet_and_read_in_changes_what_was_edited(world: World, as_person: SignIn) -> None:
    finn = as_person("finn")
    answer: Any = finn.get(reverse("office:table-export", args=["people"]))
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert answer["Content-Disposition"].startswith('attachment; filename="people-')
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    book = Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append([cell.replace("Anna Agerbæk", "Anna Birk") for cell in row])
    content = io.BytesIO()
    book.save(content)
    preview = _shown(finn, "people", content.getvalue())
    counts = " ".join(preview.content.decode().split())
    assert "<dt>Ændrede</dt><dd>1</dd>" in counts
    assert "<dt>Nye</dt><dd>0</dd>" in counts
    _write(finn, "people", preview)
    assert Person.objects.get(username="anna").name == "Anna Birk"
    template = finn.get(reverse("office:table-template", args=["people"]))
    header: Any = b"".join(template.streaming_content)  # type: ignore[attr-defined]  # it is sent in pieces
    assert header.decode("utf-8-sig").strip() == text.splitlines()[0]


def test_an_administrator_of_one_unit_reads_in_people_there_alone(world: World, as_person: SignIn) -> None:
    RoleAssignment.objects.create(person=world.ukendt, role="administrator", unit=world.units["bif"])
    local = as_person("ukendt")
    text = "Brugernavn;Navn;Roller\nx;Xenia;Administrator: tmf\ny;Yrsa;Kontaktcentermedarbejder: yds\n"
    preview = _shown(local, "people", text.encode())
    assert "Du kan ikke give roller for “tmf”." in preview.content.decode()
    _write(local, "people", preview, "good")
    assert set(Person.objects.filter(username__in=("x", "y")).values_list("username", flat=True)) == {"y"}
    exported: Any = local.get(reverse("office:table-export", args=["people"]))
    text = b"".join(exported.streaming_content).decode()
    assert "yrsa" in text.lower()
    assert "anna" not in text


def test_a_preview_counts_for_its_own_kind_of_table(world: World, as_person: SignIn) -> None:
    finn = as_person("finn")
    seen = re.search(r'name="seen" value="([^"]+)"', _shown(finn, "directory", GOOD.encode()).content.decode())
    assert seen is not None
    address = reverse("office:table-writing", args=["people"])
    answer = finn.post(address, {"seen": seen[1], "what": "all"}, follow=True)
    assert "Forhåndsvisningen er for gammel" in answer.content.decode()


def test_a_table_whose_columns_are_no_longer_known_is_refused(
    world: World, as_person: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    finn = as_person("finn")
    preview = _shown(finn, "directory", GOOD.encode())
    table = KINDS["directory"]
    monkeypatch.setattr(table, "columns", [each for each in table.columns if each.name != "Telefon"], raising=False)
    assert "Kolonnen “Telefon” kendes ikke" in _write(finn, "directory", preview).content.decode()
