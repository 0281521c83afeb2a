"""A service's pages show its own number and mail until the service has moved to the contact centre (R-038)."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client

from indgang.catalogue import service_contacts
from indgang.core import clock
from indgang.portal import page_cache
from tests.portal.site import Site


def test_the_pages_of_a_service_show_its_own_contact_until_it_has_moved(site: Site, client: Client) -> None:
    world, at = site.world, clock.now()
    service = world.services["byggetilladelse"]
    service_contacts.show(
        service, phone="33 66 52 00", email="byg@kommune.example", by=world.finn, at=at - timedelta(days=9)
    )
    for path in ("/emner/byggetilladelse/", "/svar/altan/"):
        page = client.get(path).content.decode()
        assert 'href="mailto:byg@kommune.example"' in page, path
        assert "33 66 52 00" in page
        assert "33 66 10 00" not in page
    assert "byg@kommune.example" not in client.get("/emner/arrangement/").content.decode()
    service_contacts.end(service, by=world.finn, at=at)
    page_cache.forget()
    page = client.get("/emner/byggetilladelse/").content.decode()
    assert "byg@kommune.example" not in page
    assert "33 66 10 00" in page
