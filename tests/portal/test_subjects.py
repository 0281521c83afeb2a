"""Subjects are grouped by what citizens want to do and named in their words, on the page and in the newsletter form."""

from __future__ import annotations

from django.test import Client

from indgang.core import clock
from indgang.knowledge.search import find, following
from tests.portal.site import Site


def _name(site: Site, code: str, public: str, english: str, situation: str) -> None:
    service = site.world.services[code]
    service.public_name, service.public_name_en, service.situation = public, english, situation
    service.save()


def test_subjects_stand_by_situation_under_public_names(site: Site, client: Client) -> None:
    _name(site, "byggetilladelse", "Bygge til og bygge om", "Extending and converting", "build")
    _name(site, "arrangement", "Holde fest i gaden", "Holding a street party", "event")
    for path, said in (
        (
            "/emner/",
            ["Bygge og bo", "Bygge til og bygge om", "Holde et arrangement", "Holde fest i gaden", "Andre emner"],
        ),
        (
            "/en/emner/",
            ["Building and living", "Extending and converting", "Holding an event", "Holding a street party"],
        ),
    ):
        page = client.get(path).content.decode()
        places = [page.index(each) for each in said]
        assert places == sorted(places), path
    assert "Bygge til og bygge om" in client.get("/svar/altan/").content.decode()
    assert "<h1>Bygge til og bygge om</h1>" in client.get("/emner/byggetilladelse/").content.decode()


def test_the_newsletter_offers_them_in_the_same_groups(site: Site, client: Client) -> None:
    _name(site, "byggetilladelse", "Bygge til og bygge om", "", "build")
    page = client.get("/nyhedsbrev/?emne=byggetilladelse").content.decode()
    assert page.index("<legend>Bygge og bo</legend>") < page.index("Bygge til og bygge om")
    assert page.index('value="byggetilladelse" checked') > page.index("<legend>Bygge og bo</legend>")


def test_a_service_is_found_by_both_names(site: Site) -> None:
    _name(site, "byggetilladelse", "Hulahopring", "", "build")
    following.refresh_services()
    for asked in ("hulahopring", site.world.services["byggetilladelse"].name):
        found = find.find(asked, person=None, at=clock.now(), kinds=["service"])
        assert found.hits[0].title == "Hulahopring"
