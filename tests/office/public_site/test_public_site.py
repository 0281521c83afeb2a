"""The office page of the public site sets its name, contact lines and colour, and the public pages follow."""

from __future__ import annotations

import pytest
from django.test import Client

from indgang.audit.models import Change
from indgang.catalogue import public_site
from indgang.catalogue.models import PublicSite
from indgang.core import contrast
from indgang.portal import stamp
from tests.office.conftest import SignIn
from tests.world import World

pytestmark = pytest.mark.django_db

PAGE = "/office/public-site/"
TYPED = {
    "name": "Eksempel Kommune", "name_en": "City of Eksempel", "logo": "Eksempel",
    "contact": "Rådhuspladsen 1\nTelefon 33 66 33 66", "contact_en": "", "colour": "#0B5D1E",
}  # fmt: skip


def public(address: str = "/") -> str:
    stamp.forget()
    return Client().get(address).content.decode()


def test_public_pages_show_what_was_chosen(as_person: SignIn) -> None:
    assert "<title>Hvad har du brug for? – Kommunen</title>" in public(), "before: the municipality's own name"
    assert as_person("finn").post(PAGE, TYPED).status_code == 302
    page, english = public(), public("/en/")
    assert "<title>Hvad har du brug for? – Eksempel Kommune</title>" in page
    assert "– City of Eksempel</title>" in english
    assert "Rådhuspladsen 1<br>Telefon 33 66 33 66<br>" in page
    assert "Rådhuspladsen 1" in english, "without an English text the Danish one stands"
    assert "--brand: #0b5d1e" in page
    assert Change.objects.get(action="publicsite.change").after["name"] == "Eksempel Kommune"


@pytest.mark.parametrize("colour", ["#ffd24a", "#777777", "#12b886"])
def test_a_colour_that_white_text_cannot_be_read_on_is_refused(as_person: SignIn, colour: str) -> None:
    page = as_person("finn").post(PAGE, TYPED | {"colour": colour})
    assert page.status_code == 422
    assert "kontrasten er" in page.content.decode()
    assert 'value="Eksempel Kommune"' in page.content.decode(), "what was typed stays"
    assert not PublicSite.objects.exists()


@pytest.mark.parametrize("colour", ["blå", "#12", "#12345g", "rgb(0)"])
def test_what_is_no_colour_is_told(as_person: SignIn, colour: str) -> None:
    page = as_person("finn").post(PAGE, TYPED | {"colour": colour})
    assert (page.status_code, "Skriv farven som seks tegn" in page.content.decode()) == (422, True)


@pytest.mark.parametrize("red", range(0, 256, 51))
@pytest.mark.parametrize("green", range(0, 256, 51))
def test_white_is_readable_on_every_shade_of_a_colour_that_is_taken(red: int, green: int) -> None:
    for blue in range(0, 256, 51):
        colour = (red, green, blue)
        if contrast.ratio(colour, contrast.WHITE) < contrast.READABLE:
            continue
        tokens = public_site.tokens(PublicSite(name="x", colour=contrast.write(colour)))
        for name in ("brand", "brand-deep", "brand-bright", "link"):
            assert contrast.ratio(contrast.read(tokens[name]), contrast.WHITE) >= contrast.READABLE, (colour, name)
        assert contrast.ratio(contrast.read(tokens["brand-pale"]), contrast.read("#17222b")) >= contrast.READABLE


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast.ratio(contrast.BLACK, contrast.WHITE) == pytest.approx(21)
    # WCAG names this pair as one that just passes 4.5:1
    assert contrast.ratio(contrast.read("#767676"), contrast.WHITE) == pytest.approx(4.54, abs=0.01)


def test_only_who_may_everywhere_changes_it(as_person: SignIn, world: World) -> None:
    assert as_person("anna").get(PAGE).status_code == 403
    assert as_person("finn").get(PAGE).status_code == 200
