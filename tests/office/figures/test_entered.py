"""Figures that people count are typed, corrected and taken back on a page, by those who may, and by programs."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from indgang.accounts.models import Person
from indgang.measures.models import EnteredFigure, EnteredValue
from tests.office.conftest import SignIn
from tests.office.figures.test_pages import lines, words

PAGE = "/office/figures/entered/"
STAFF = f"{PAGE}staff_trained/"
VALUE = f"{STAFF}2026-01-01/tmf/"
API = "/api/figures/entered/"


def revision(client: Client, address: str, *, place: int = 0) -> str:
    """That of the first form of the page, or of another one."""
    found: list[str] = re.findall(r'name="revision" value="([^"]+)"', client.get(address).content.decode())
    return found[place]


def text_of(answer: Any) -> str:
    """The words of a page without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def typed(client: Client, address: str = VALUE, **fields: str) -> Any:
    said = {"counted": "30", "out_of": "40", "note": "", "revision": revision(client, address)}
    return client.post(address, said | fields)


def test_a_value_is_typed_stands_with_who_typed_it_and_is_in_the_figures(as_person: SignIn) -> None:
    eva = as_person("eva")
    page = words(eva.get(PAGE))
    assert page.count("ingen data") == 9
    assert "mindst 100,0 % (2022)" in page.replace("\N{NO-BREAK SPACE}", " ")
    assert "89,0 %" in page.replace("\N{NO-BREAK SPACE}", " "), "the baseline of the document"
    chosen = eva.get(f"{STAFF}?period=2026-01-01&centre=tmf")
    assert (chosen.status_code, chosen["Location"]) == (302, VALUE)
    assert typed(eva, note="Efter kurset").status_code == 302
    shown = words(eva.get(STAFF))
    assert "75,0 % (30 ud af 40)" in shown
    assert "Efter kurset" in shown
    assert "Eva" in shown
    figure = words(eva.get("/office/figures/staff_trained/?period=own&first=2026-01-01&last=2026-12-31"))
    assert "<strong>75,0 %</strong> ud af 40" in figure
    assert f'href="{STAFF}"' in figure
    head, row = lines(eva.get(f"{STAFF}file/"))
    assert (len(head), row[1:8]) == (
        10,
        ["2026-01-01", "2026-12-31", "TMF kontaktcenter", "30", "40", "Efter kurset", "ja"],
    )


def test_a_correction_keeps_what_stood_before_and_a_value_is_taken_back_with_a_reason(as_person: SignIn) -> None:
    eva = as_person("eva")
    seen = revision(eva, VALUE)
    assert typed(eva).status_code == 302
    late = eva.post(VALUE, {"counted": "10", "out_of": "40", "note": "", "revision": seen})
    assert late.status_code == 422
    assert "Andre har ændret noget her" in words(late)
    typed(eva, counted="31")
    assert words(eva.get(STAFF)).count("Tæller ikke mere") == 1
    assert eva.post(f"{VALUE}removal/", {"note": ""}).status_code == 422
    assert eva.post(f"{VALUE}removal/", {"note": "talt forkert"}).status_code == 302
    assert "taget tilbage" in words(eva.get(STAFF))
    assert "ingen data" in words(eva.get("/office/figures/staff_trained/?period=own&first=2026-01-01&last=2026-12-31"))


def test_what_was_corrected_or_taken_back_meanwhile_is_not_taken_back_unseen(as_person: SignIn) -> None:
    eva, hans = as_person("eva"), as_person("hans")
    typed(eva)
    said = {"note": "talt forkert", "revision": revision(eva, VALUE, place=-1)}
    typed(hans, counted="31")
    late = eva.post(f"{VALUE}removal/", said)
    assert late.status_code == 422
    assert "Andre har ændret noget her" in words(late)
    assert "Tal : 30 → 31" in text_of(late)
    again = {"note": "talt forkert", "revision": revision(eva, VALUE, place=-1)}
    assert hans.post(f"{VALUE}removal/", again).status_code == 302
    assert EnteredValue.objects.count() == 3
    gone = eva.post(f"{VALUE}removal/", again)
    assert gone.status_code == 422
    assert "Andre har ændret noget her" in words(gone)
    assert EnteredValue.objects.count() == 3


def test_the_list_names_each_place_that_has_no_value_of_the_last_period(as_person: SignIn) -> None:
    eva, finn = as_person("eva"), as_person("finn")
    assert text_of(finn.get(PAGE)).count("ingen data 2025 –") == 6, "nobody ever typed one"
    for centre in ("tmf", "bif", "kff"):
        typed(finn, f"{STAFF}2024-01-01/{centre}/")
    typed(finn, f"{STAFF}2025-01-01/bif/")
    assert "2025: Borgerservice, TMF kontaktcenter –" in text_of(finn.get(PAGE))
    assert "2025: TMF kontaktcenter –" in text_of(eva.get(PAGE)), "those that she sees"
    typed(finn, f"{STAFF}2025-01-01/-/")
    assert "2025: " not in text_of(finn.get(PAGE)), "one for the whole municipality is enough"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"counted": "41"}, "større end det, det er ud af"), ({"counted": "mange"}, "helt tal"),
        ({"out_of": ""}, "Udfyld feltet."), ({"counted": "9" * 20}, "Skriv højst"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_and_what_was_typed_stays(as_person: SignIn, fields: dict[str, str], said: str) -> None:
    answer = typed(as_person("eva"), note="Efter kurset", **fields)
    assert answer.status_code == 422
    assert said in words(answer)
    assert not EnteredValue.objects.exists()


@pytest.mark.parametrize(
    "address",
    [f"{PAGE}transfers/", f"{STAFF}2026-02-01/tmf/", f"{STAFF}2027-01-01/tmf/", f"{STAFF}0001-01-01/tmf/",
     f"{STAFF}2026-01-01/bif/", f"{STAFF}2026-01-01/-/", f"{STAFF}vejr/tmf/"],
)  # fmt: skip
def test_what_is_no_figure_no_period_and_no_own_centre_is_not_found(as_person: SignIn, address: str) -> None:
    assert as_person("eva").get(address).status_code == 404


def test_few_people_are_not_shown_and_who_types_it_is_decided_for_the_whole_municipality(as_person: SignIn) -> None:
    eva, finn = as_person("eva"), as_person("finn")
    typed(eva, counted="3", out_of="4")
    assert "for få" in words(eva.get(STAFF))
    assert "(3 ud af 4)" not in words(eva.get(STAFF))
    assert lines(eva.get(f"{STAFF}file/"))[1][4:6] == ["for få", "for få"], "nor in the file"
    visits = f"{PAGE}website_visits/"
    person = Person.objects.get(username="eva")
    said = {"responsible": str(person.pk), "series": "kk.dk/erhverv"}
    assert eva.post(f"{visits}arrangement/", said).status_code == 404
    assert finn.post(f"{visits}arrangement/", said | {"revision": revision(finn, visits)}).status_code == 302
    assert EnteredFigure.objects.get(figure="website_visits").responsible == person
    assert "Serien har ingen tal" in words(finn.get(visits))
    assert person.name in words(eva.get(PAGE))


def test_a_program_types_and_reads_them(as_person: SignIn) -> None:
    eva, gerda = as_person("eva"), as_person("gerda")
    said = {"figure": "website_visits", "day": "2026-02-14", "counted": 1200, "centre": "tmf"}
    made = eva.post(API, said, content_type="application/json")
    assert (made.status_code, made.json()["last_day"]) == (201, "2026-02-28")
    (value,) = eva.get(f"{API}?figure=website_visits").json()["values"]
    assert (value["counted"], value["out_of"], value["imported"]) == (1200, None, False)
    assert eva.post(API, said | {"centre": "bif"}, content_type="application/json").status_code == 422
    assert eva.post(API, said | {"figure": "staff_trained"}, content_type="application/json").status_code == 422
    assert eva.get(f"{API}?figure=weather").status_code == 400
    assert gerda.get(API).status_code == 403
