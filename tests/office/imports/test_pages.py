"""The pages of imports: a preview before anything is written, what it shows is imported, and it is taken back."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from indgang.accounts.models import RoleAssignment
from indgang.core import clock
from indgang.history import imported_days
from indgang.history.models import HistoryImport, MappingProfile
from indgang.measures.models import Rollup
from tests.history import extracts
from tests.office.conftest import SignIn
from tests.office.pages import forms_of
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db

ROWS = (*extracts.ROWS, "x;i går;Byggeri;1;1;1;Besvaret;", "y;03-03-2025 08:00:00;Kø 7;1;1;1;Besvaret;")


def _preview(client: Client, content: bytes, **more: Any) -> Any:
    given = SimpleUploadedFile("udtræk.csv", content)
    return client.post(reverse("office:import-mapping"), {"kind": "calls", "table": given, **more})


def _fields(page: Any) -> dict[str, Any]:
    address = reverse("office:import-mapping")
    return dict(next(each for each in forms_of(page.content.decode(), "") if each.action == address).fields)


def test_only_those_who_may_import_see_the_pages(world: World, as_person: SignIn) -> None:
    for name, expected in (("anna", 403), ("david", 403), ("finn", 200)):
        assert as_person(name).get(reverse("office:imports")).status_code == expected
    assert as_person("finn").get(reverse("office:import", args=[999])).status_code == 404


def test_a_file_is_shown_mapped_imported_and_taken_back(world: World, as_person: SignIn) -> None:
    finn = as_person("finn")
    with clock.frozen(MORNING):
        shown = _preview(finn, extracts.text(ROWS).encode("cp1252"))
        page = shown.content.decode()
        assert (shown.status_code, shown.context["tally"].imported, shown.context["tally"].rejected) == (200, 5, 2)
        assert "03.03.2025 08:15:00" in page
        assert "20304050" not in page, "numbers are not read"
        assert not HistoryImport.objects.exists()
        fields = _fields(shown)
        code = next(name for name in fields if name.startswith("code_queue"))
        fields |= {code: "tmf-byliv", "save_as": "CallGuide"}
        again = finn.post(reverse("office:import-mapping"), fields)
        assert again.context["tally"].imported == 6
        done = finn.post(reverse("office:import-new"), fields, follow=True)
        source = HistoryImport.objects.get()
        assert (source.imported, source.rejected, source.made_by) == (6, 1, world.finn)
        assert "Det er ikke en dato" in done.content.decode()
        listed = finn.get(reverse("office:import-rejected", args=[source.pk]))
        assert "7;Starttid;" in b"".join(listed).decode("utf-8-sig")
        profile = MappingProfile.objects.get()
        assert profile.mapping["codes"] == {"queue": {"Kø 7": "tmf-byliv"}}
        saved = _preview(finn, extracts.text(ROWS[-1:]).encode(), profile=profile.pk)
        assert (saved.context["tally"].known, saved.context["tally"].rejected) == (1, 0)
        found = imported_days.within(date(2025, 3, 1), date(2025, 3, 31), {"centre": ["tmf"]})
        assert found is not None
        assert (found.days, found.contacts, found.names) == (2, 6, ("udtræk.csv",))
        figures = finn.get(
            reverse("office:figures"), {"period": "own", "first": "2025-03-01", "last": "2025-03-31"}
        ).content.decode()
        assert "har importerede tal: udtræk.csv" in figures
        finn.post(reverse("office:import-withdrawal", args=[source.pk]), {"why": "Forkert kø"})
        source.refresh_from_db()
        assert source.state == "withdrawn"
        assert imported_days.within(date(2025, 3, 1), date(2025, 3, 31)) is None
    assert not Rollup.objects.exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "Filen er tom."),
        (b"\x00\x01\x02\x00", "Filen er ikke en tabel."),
        ("Kø;Kø\n1;2\n".encode(), "st\u00e5r der to gange"),
        (b"PK\x03\x04 broken", "Regnearket kan ikke l\u00e6ses"),
        ("Farve;Form\nr\u00f8d;rund\n".encode(), "V\u00e6lg en kolonne til feltet"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(world: World, as_person: SignIn, content: bytes, said: str) -> None:
    shown = _preview(as_person("finn"), content)
    assert shown.status_code == 422
    assert said in shown.content.decode()


def test_a_preview_that_is_not_ours_and_odd_choices_are_no_error(world: World, as_person: SignIn) -> None:
    finn = as_person("finn")
    for address in ("office:import-mapping", "office:import-new"):
        assert finn.post(reverse(address), {"seen": "x", "kind": "calls"}).status_code == 302
    fields = _fields(_preview(finn, extracts.text().encode()))
    odd = fields | {"column_wait": "9" * 30, "column_queue": "\u0661", "order": "x\x00"}
    assert finn.post(reverse("office:import-mapping"), odd).status_code == 422
    assert finn.post(reverse("office:import-new"), odd).status_code == 422


def test_somebody_sees_only_imports_of_their_own_centres(world: World, as_person: SignIn) -> None:
    RoleAssignment.objects.create(person=world.david, role="planner", unit=world.units["bif"])
    with clock.frozen(MORNING):
        finn, david = as_person("finn"), as_person("david")
        fields = _fields(_preview(finn, extracts.text().encode()))
        finn.post(reverse("office:import-new"), fields)
        source = HistoryImport.objects.get()
        assert david.get(reverse("office:import", args=[source.pk])).status_code == 404
        assert _preview(david, extracts.text().encode()).context["tally"].imported == 0, "the queue is not theirs"


def test_visits_are_shown_over_time(world: World, as_person: SignIn) -> None:
    finn = as_person("finn")
    content = "Måned;Side;Besøg\n2025-01;/byg;1.200\n2025-02;/byg;900\n2025-03;/byg;i går\n".encode()
    with clock.frozen(MORNING):
        shown = _preview(finn, content, kind="visits")
        assert (shown.status_code, shown.context["tally"].imported, shown.context["tally"].rejected) == (200, 2, 1)
        done = finn.post(reverse("office:import-new"), _fields(shown), follow=True)
    page = done.content.decode()
    assert "<svg" in page
    assert "1.1.2025 – 31.1.2025" in page
    assert "1.200" in page
    assert [each["number"] for each in finn.get("/api/history/values/?kind=visits").json()["values"]] == [1200, 900]
    assert finn.get("/api/history/").json()["imports"][0]["imported"] == 2
    for odd in ("kind=calls", "kind=visits&from=x", "kind=visits&from=2025-02-01&to=2025-01-01", "kind=%00"):
        assert finn.get(f"/api/history/values/?{odd}").status_code == 400
