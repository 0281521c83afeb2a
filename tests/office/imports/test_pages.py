"""The pages of imports: a preview before anything is written, what it shows is imported, and it is taken back."""

from __future__ import annotations

import json
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from indgang.accounts.models import RoleAssignment
from indgang.api import history as history_api
from indgang.audit.models import Change
from indgang.core import clock
from indgang.history import imported_days, profiles, waiting
from indgang.history.mapping.choices import ColumnMapping
from indgang.history.models import HistoryImport, MappingProfile
from indgang.measures.period import Period
from indgang.measures.rollups import reading
from indgang.office.imports import forms
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


@pytest.mark.django_db(transaction=True)
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
        unseen = finn.post(reverse("office:import-new"), fields)
        assert (unseen.status_code, HistoryImport.objects.count()) == (422, 0), "nobody has seen what this would do"
        assert "Du har ændret noget" in unseen.content.decode()
        again = finn.post(reverse("office:import-mapping"), fields)
        assert again.context["tally"].imported == 6
        done = finn.post(reverse("office:import-new"), _fields(again), follow=True)
        source = HistoryImport.objects.get()
        assert (source.imported, source.rejected, source.made_by) == (6, 1, world.finn)
        assert "Det er ikke en dato" in done.content.decode()
        march = Period.days(date(2025, 3, 1), date(2025, 3, 31))
        assert reading.totals(march)[""].segments.offered == 6, "it is counted when the page answers"
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
        told = finn.get(f"/api/history/{source.pk}/").json()
        assert (told["state"], told["withdrawn_because"], told["reached"]) == ("withdrawn", "Forkert kø", 7)
        assert "Forkert kø" in finn.get(reverse("office:import", args=[source.pk])).content.decode()
        assert imported_days.within(date(2025, 3, 1), date(2025, 3, 31)) is None
        assert "" not in reading.totals(march), "and counts no more when the next page answers"


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
        shown = _preview(david, extracts.text().encode())
        assert shown.context["tally"].imported == 0, "the queue is not theirs"
        refused = david.post(reverse("office:import-new"), _fields(shown), follow=True)
        assert refused.redirect_chain == [(reverse("office:imports"), 302)]
        assert "importeret af andre" in refused.content.decode()


def test_values_belong_to_a_unit_and_only_its_planners_see_them(world: World, as_person: SignIn) -> None:
    RoleAssignment.objects.create(person=world.david, role="planner", unit=world.units["bif"])
    finn, david = as_person("finn"), as_person("david")
    theirs, ours = (f"Måned;Emne;Antal\n2025-01;Telefon;{number}\n" for number in (5, 7))
    with clock.frozen(MORNING):
        finn.post(reverse("office:import-new"), _fields(_preview(finn, theirs.encode(), kind="counts")))
        source = HistoryImport.objects.get()
        assert david.get(reverse("office:import", args=[source.pk])).status_code == 404
        assert david.post(reverse("office:import-withdrawal", args=[source.pk]), {"why": "x"}).status_code == 404
        assert david.get("/api/history/values/?kind=counts").json()["values"] == []
        shown = _preview(david, ours.encode(), kind="counts")
        taken = _fields(shown) | {"for_unit": world.units["tmf"].pk}
        assert david.post(reverse("office:import-new"), taken).status_code == 422, "the unit is not theirs"
        david.post(reverse("office:import-new"), _fields(shown))
        found = david.get("/api/history/values/?kind=counts").json()["values"]
    assert [(each["number"], each["unit"]) for each in found] == [(7, "bif")], "the same month of another unit"
    assert Change.objects.filter(action="historyimport.create", after__unit="bif").exists()


def test_a_saved_mapping_is_used_as_it_is_keeps_its_codes_and_fits_one_kind(world: World, as_person: SignIn) -> None:
    finn = as_person("finn")
    columns = {"at": "Starttid", "queue": "Kø", "wait": "Ventetid"}
    saved = {"kind": "calls", "columns": columns, "codes": {"queue": {"Kø 8": "tmf-byggeri"}}}
    profile = profiles.save("CallGuide", ColumnMapping.of(saved), by=world.finn, at=MORNING)
    with clock.frozen(MORNING):
        assert _preview(finn, extracts.text().encode(), kind="register", profile=profile.pk).status_code == 422
        shown = _preview(finn, extracts.text(ROWS).encode(), profile=profile.pk)
        assert shown.context["form"].mapping.columns == columns, "no column is guessed beside it"
        fields = _fields(shown)
        code = next(name for name in fields if name.startswith("code_queue"))
        again = finn.post(reverse("office:import-mapping"), fields | {code: "tmf-byliv", "save_as": "CallGuide"})
        finn.post(reverse("office:import-new"), _fields(again))
    profile.refresh_from_db()
    assert profile.mapping["codes"] == {"queue": {"Kø 7": "tmf-byliv", "Kø 8": "tmf-byggeri"}}
    assert "Kø 7 = tmf-byliv" in Change.objects.get(action="mappingprofile.edit").after["codes"]


def test_a_file_that_is_too_long_for_the_page_names_the_command(
    world: World, as_person: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forms, "MOST_ROWS", 4)
    shown = _preview(as_person("finn"), extracts.text().encode())
    assert (shown.status_code, "kommandoen indgang import" in shown.content.decode()) == (422, True)


def test_a_long_file_is_imported_in_the_background_and_its_page_says_how_far_it_is(
    world: World, as_person: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "MOST_IN_REQUEST", 4)
    finn = as_person("finn")
    with clock.frozen(MORNING):
        fields = _fields(_preview(finn, extracts.text().encode()))
        waits = finn.post(reverse("office:import-new"), fields, follow=True)
        assert "bliver importeret i baggrunden" in waits.content.decode()
        source = HistoryImport.objects.get()
        assert (source.state, source.rows, source.imported) == ("running", 5, 0)
        again = finn.post(reverse("office:import-new"), fields, follow=True).content.decode()
        assert "bliver allerede importeret" in again
        address = reverse("office:import-progress", args=[source.pk])
        HistoryImport.objects.update(imported=2)
        going = finn.get(address)
        assert "2 af 5 rækker er læst ind" in going.content.decode()
        assert "HX-Redirect" not in going.headers
        waiting.give_up(source.pk, HistoryImport.Fault.LOST, at=MORNING)
        assert finn.get(address).headers["HX-Redirect"] == reverse("office:import", args=[source.pk])
        over = finn.get(reverse("office:import", args=[source.pk])).content.decode()
    assert "blev ikke gjort færdig" in over
    assert "Tag importen tilbage" not in over


def test_all_or_nothing_is_chosen_on_the_page(world: World, as_person: SignIn) -> None:
    finn = as_person("finn")
    with clock.frozen(MORNING):
        fields = _fields(_preview(finn, extracts.text(ROWS).encode())) | {"is_whole": "on"}
        unseen = finn.post(reverse("office:import-new"), fields)
        assert (unseen.status_code, HistoryImport.objects.count()) == (422, 0), (
            "nobody has seen that nothing comes of it"
        )
        page = unseen.content.decode()
        assert "Intet bliver importeret, fordi 2 rækker bliver afvist." in page
        assert 'formaction="' + reverse("office:import-new") not in page
        assert finn.post(reverse("office:import-new"), _fields(unseen)).status_code == 422
        assert not HistoryImport.objects.exists()
        whole = finn.post(reverse("office:import-mapping"), _fields(_preview(finn, extracts.text().encode())))
        finn.post(reverse("office:import-new"), _fields(whole))
    assert HistoryImport.objects.get().imported == 5


def said_by_command(*arguments: str) -> Any:
    out = StringIO()
    call_command("import", *arguments, "--json", stdout=out)
    return json.loads(out.getvalue())


def test_visits_are_shown_over_time_and_an_import_is_told_alike_to_programs(
    world: World, as_person: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
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
    listed, source = finn.get("/api/history/").json(), HistoryImport.objects.get()
    assert listed == {"imports": said_by_command("list"), "more": False}
    assert listed["imports"][0]["imported"] == 2
    HistoryImport.objects.update(fault="lost")
    told = finn.get(f"/api/history/{source.pk}/").json()
    assert told == said_by_command("show", "--id", str(source.pk))
    (bad,) = told["bad_rows"]
    assert (bad["line"], bad["column"], bad["fault"], bad["told"]) == (4, "Besøg", "no_number", "i går")
    assert bad["reason"] == "It is not a number."
    assert (told["fault"], told["fault_text"]) == ("lost", "The import was not finished in the background.")
    monkeypatch.setattr(history_api, "MOST_VALUES", 1)
    monkeypatch.setattr(history_api, "MOST_IMPORTS", 0)
    assert finn.get("/api/history/values/?kind=visits").json()["more"]
    assert finn.get("/api/history/").json() == {"imports": [], "more": True}
    for odd in ("kind=calls", "kind=visits&from=x", "kind=visits&from=2025-02-01&to=2025-01-01", "kind=%00"):
        assert finn.get(f"/api/history/values/?{odd}").status_code == 400
