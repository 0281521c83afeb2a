"""The pages of a counting week, as each role: set-up, tally with and without its script, sheets and result."""

from __future__ import annotations

import json
import re
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from indgang.analysis.counting.models import CountingWeek
from tests.analysis.weeks import sheet, tmf_counts
from tests.office.conftest import SignIn
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
ROOM = "/office/counting/"
_TAP = {"key": str(UUID(int=7)), "at": "2026-03-11T08:00:00Z", "purpose": 1}


@pytest.fixture
def week(world: World) -> CountingWeek:
    return tmf_counts(world)


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_from_set_up_to_result_on_the_pages(as_person: SignIn, world: World) -> None:
    hans, david = as_person("hans"), as_person("david")
    form = {
        "title": "Uge 11", "unit": world.units["tmf"].pk, "starts_on": "2026-03-09", "ends_on": "2026-03-13",
        "days_a_year": "250", "rounds_to": "50", "asks_channel": "on", "asks_minutes": "on", "asks_outcome": "on",
    }  # fmt: skip
    page = hans.post(f"{ROOM}new/", form)["Location"]
    week = CountingWeek.objects.get()
    assert david.get(page).status_code == 404
    hans.post(f"{page}people/", {"person": world.david.pk})
    hans.post(f"{page}purposes/", {"name": "Vores eget"})
    own = week.purposes.get(name="Vores eget")
    shown = david.get(f"{page}tally/")
    assert "Vores eget" in text_of(shown)
    key = re.search(r'name="key" value="([^"]+)"', shown.content.decode())
    assert key
    one = {"key": key[1], "purpose": own.pk, "channel": "mail", "is_resolved": "no", "minutes": "12"}
    assert "1 henvendelse i dag" in text_of(david.post(f"{page}tally/", one))
    assert "1 henvendelse i dag" in text_of(david.post(f"{page}tally/", one)), "the page is loaded again"
    assert david.post(f"{page}tally/", one | {"key": uuid4(), "minutes": "900"}).status_code == 422
    assert "Vores eget" in text_of(hans.get(page))
    assert "ikke bestemt" in text_of(hans.get(page)).lower()
    file = hans.get(f"{page}file/").getvalue().decode("utf-8-sig")
    assert file.splitlines()[1].startswith("11.03.2026;Vores eget;1;Mail;;12;nej;;")
    assert david.post(f"{page}tally/withdrawal/", {"key": key[1]}).status_code == 302
    assert not week.enquiries.exists()


def test_a_tap_says_nothing_that_nobody_has_chosen(as_person: SignIn, world: World, week: CountingWeek) -> None:
    david, address = as_person("david"), f"{ROOM}{week.pk}/tally/"
    form = david.get(address).context["form"]
    begun = {each.name: each.value() for each in form if each.value() is not None}
    assert (begun["channel"], begun["character"], begun["is_resolved"]) == ("phone", "", "")
    tapped = david.post(address, begun | {"purpose": week.purposes.all()[0].pk})
    assert "1 henvendelse i dag" in text_of(tapped)
    row = week.enquiries.get()
    assert (row.character, row.is_resolved) == ("", None)


def test_a_telephone_sends_what_it_has_kept(as_person: SignIn, world: World, week: CountingWeek) -> None:
    david, purpose = as_person("david"), week.purposes.all()[0]
    kept = [
        {"key": str(uuid4()), "at": MORNING.isoformat(), "purpose": purpose.pk, "channel": "phone", "character": "",
         "minutes": None, "is_resolved": True, "should_be_digital": False},
        {"key": str(uuid4()), "at": "2026-02-01T08:00:00Z", "purpose": purpose.pk},
    ]  # fmt: skip
    answer = david.post(f"{ROOM}{week.pk}/tally/taps/", {"taps": json.dumps(kept)})
    assert answer.json() == {
        "refused": {kept[1]["key"]: "Dagen ligger uden for tælleugen."},
        "later": [],
        "counts": {str(purpose.pk): 1},
    }


@pytest.mark.parametrize("taps", ["", "nothing", "{}", "[" * 5000])
def test_what_no_telephone_sends_is_refused(as_person: SignIn, week: CountingWeek, taps: str) -> None:
    assert as_person("david").post(f"{ROOM}{week.pk}/tally/taps/", {"taps": taps}).status_code == 422


@pytest.mark.parametrize(
    "wrong",
    [
        json.dumps(_TAP).replace('"purpose": 1', '"purpose": 1e999'), "1", '{"key": "x"}', '{"key": ["x"]}',
        json.dumps(_TAP | {"at": "2026-03-11"}), json.dumps(_TAP | {"channel": "pigeon"}),
    ],
    ids=["an endless number", "no tap", "no time", "no key", "no zone", "unknown channel"],
)  # fmt: skip
def test_one_tap_that_cannot_be_read_does_not_hold_the_others_back(
    as_person: SignIn, week: CountingWeek, wrong: str
) -> None:  # fmt: skip
    right = json.dumps(_TAP | {"purpose": week.purposes.all()[0].pk, "key": str(uuid4())})
    answer = as_person("david").post(f"{ROOM}{week.pk}/tally/taps/", {"taps": f"[{wrong},{right}]"})
    assert list(answer.json()["refused"].values()) == ["Kan ikke læses."]
    assert week.enquiries.count() == 1


def test_taps_of_a_page_that_another_person_opened_are_not_counted(
    as_person: SignIn, world: World, week: CountingWeek
) -> None:  # fmt: skip
    taps = json.dumps([_TAP | {"purpose": week.purposes.all()[0].pk}])
    answer = as_person("eva").post(f"{ROOM}{week.pk}/tally/taps/", {"taps": taps, "person": world.david.pk})
    assert answer.status_code == 403
    assert not week.enquiries.exists()


def test_a_case_worker_who_counts_finds_the_week_from_the_menu(
    as_person: SignIn, world: World, week: CountingWeek
) -> None:  # fmt: skip
    week.people.filter(person=world.eva).delete()
    link = f'href="{ROOM}"'
    david = as_person("david")
    assert link in david.get("/start/", follow=True).content.decode()
    assert f'href="{ROOM}{week.pk}/tally/"' in david.get(ROOM).content.decode()
    assert link not in as_person("anna").get("/start/", follow=True).content.decode()
    week.closed_at = MORNING
    week.save(update_fields=["closed_at"])
    assert link in david.get("/start/", follow=True).content.decode(), "a telephone may still have taps"
    CountingWeek.objects.update(starts_on="2026-02-02", ends_on="2026-02-06")
    assert link not in david.get("/start/", follow=True).content.decode()


def test_what_a_telephone_has_kept_is_sent_from_every_page_of_a_week_that_is_over(
    as_person: SignIn, world: World, week: CountingWeek
) -> None:  # fmt: skip
    CountingWeek.objects.update(closed_at=MORNING, ends_on="2026-03-10")
    david, store = as_person("david"), f'data-kept-taps="tally-{week.pk}-{world.david.pk}"'
    for page in (ROOM, f"{ROOM}{week.pk}/", f"{ROOM}{week.pk}/tally/"):
        shown = david.get(page).content.decode()
        assert store in shown, page
        assert "office/kept_taps.js" in shown
    assert "data-kept-taps" not in as_person("hans").get(f"{ROOM}{week.pk}/").content.decode()


def test_the_workbook_to_fill_is_read_when_it_is_filled(as_person: SignIn, world: World, week: CountingWeek) -> None:
    hans, page = as_person("hans"), f"{ROOM}{week.pk}/"
    CountingWeek.objects.update(asks_digital=False)
    book = load_workbook(BytesIO(hans.get(f"{page}sheet/blank/").content))
    sheet_to_fill, choices = book.worksheets
    heading = [each.value for each in sheet_to_fill[1]]
    assert heading == ["dag", "ærinde", "antal", "kanal", "karakter", "minutter", "afklaret"], "as the week asks"
    offered = {each[0]: [*filter(None, each[1:])] for each in choices.iter_cols(values_only=True)}
    assert offered["ærinde"] == [each.name for each in week.purposes.all()]
    assert {str(each.sqref) for each in sheet_to_fill.data_validations.dataValidation} >= {"B2:B1001", "G2:G1001"}
    chosen = [offered[each][-1] for each in ("ærinde", "kanal", "karakter", "afklaret")]
    sheet_to_fill.append(["9.3.2026", chosen[0], 3, chosen[1], chosen[2], 9, chosen[3]])
    content = BytesIO()
    book.save(content)
    filled = SimpleUploadedFile("skema.xlsx", content.getvalue())
    assert hans.post(f"{page}sheets/", {"person": world.david.pk, "table": filled}).status_code == 302
    rows = set(week.enquiries.values_list("purpose__name", "channel", "character", "minutes", "is_resolved"))
    assert rows == {(chosen[0], "visit", "case_specific", 9, False)}
    assert week.enquiries.count() == 3


def test_a_filled_sheet_is_read_on_the_page(as_person: SignIn, world: World, week: CountingWeek) -> None:
    hans, page, name = as_person("hans"), f"{ROOM}{week.pk}/", week.purposes.all()[0].name
    wrong = SimpleUploadedFile("skema.csv", sheet(f"9.3.2026;{name};;;;999;;"))
    answer = hans.post(f"{page}sheets/", {"person": world.david.pk, "table": wrong})
    assert answer.status_code == 422
    assert "Linje 2: 999 minutter kan ikke passe" in text_of(answer)
    right = SimpleUploadedFile("skema.csv", sheet(f"9.3.2026;{name};4;;;9;;"))
    assert hans.post(f"{page}sheets/", {"person": world.david.pk, "table": right}).status_code == 302
    assert "4 henvendelser på 2 dage" in text_of(hans.get(page))
    assert '<li value="1">' in hans.get(f"{page}sheet/").content.decode()
    again = SimpleUploadedFile("skema.csv", sheet(f"9.3.2026;{name};4;;;9;;"))
    answer = hans.post(f"{page}sheets/", {"person": world.eva.pk, "table": again})
    assert "Den samme fil er hentet ind for David" in text_of(answer)
    assert hans.post(f"{page}sheets/{week.sheets.get().pk}/removal/").status_code == 302
    assert not week.enquiries.exists()
