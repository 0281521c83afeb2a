"""Once a service is answered by a contact centre, the public site shows the centre's number alone (R-038)."""

from __future__ import annotations

import pytest
from django.test import Client

from indgang.catalogue.models import Unit
from indgang.entry.models import FormerNumber
from indgang.knowledge.search import following
from indgang.portal import page_cache, stamp
from tests.portal.site import Site

OWN, MAIL = "33 66 52 00", "byggesager@kommune.example"


@pytest.fixture
def moved(site: Site) -> Unit:
    """A unit of the administration that the contact centre answers for, with a number and mail of its own."""
    unit = site.world.units["cby"]
    Unit.objects.filter(pk=unit.pk).update(phone="33665200", email=MAIL)
    following.refresh_kind("unit")
    return unit


@pytest.mark.parametrize("address", ["/soeg/?q=center+for+bygninger", "/soeg/?q=33665200", "/emner/byggetilladelse/",
                                     "/kontakt/", "/svar/altan/", "/embed/soeg/?q=center+for+bygninger"])  # fmt: skip
def test_no_page_shows_the_number_or_mail_of_a_unit_that_the_centre_answers_for(
    moved: Unit, client: Client, address: str
) -> None:
    answer = client.get(address)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert OWN not in page.replace(f'value="{OWN}"', "")
    assert MAIL not in page


def test_a_unit_is_found_with_the_number_of_the_centre(moved: Unit, client: Client) -> None:
    page = client.get("/soeg/?q=center+for+bygninger").content.decode()
    assert "unit:cby" in page
    assert "Telefon 33 66 10 00." in page


def test_a_unit_that_no_centre_answers_for_keeps_its_own_number(site: Site, client: Client) -> None:
    root = site.world.units["kk"]
    Unit.objects.create(
        code="suf", name="Sundhedsforvaltningen", kind="administration", parent=root, path=f"{root.path}suf/",
        phone="35303530",
    )  # fmt: skip
    following.refresh_kind("unit")
    assert "Telefon 35 30 35 30." in client.get("/soeg/?q=sundhedsforvaltningen").content.decode()


def test_an_old_number_that_leads_elsewhere_is_answered_but_not_shown(site: Site, client: Client) -> None:
    world = site.world
    assert "33 17 10 00" in client.get("/kontakt/").content.decode()
    FormerNumber.objects.create(
        number="+4533171000", name="Ydelsesservice", entry_point=world.entry_points["+4533663366"]
    )
    FormerNumber.objects.create(
        number="+4533663366", name="Omstillingscentralen", entry_point=world.entry_points["+4533663366"]
    )
    for each in (page_cache, stamp):
        each.forget()
    page = client.get("/kontakt/").content.decode()
    assert "33 17 10 00" not in page
    assert "33 66 33 66" in page
