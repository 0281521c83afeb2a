"""The public site: its name, contact lines and colour."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from indgang.audit.trail import Actor
from indgang.catalogue import changes
from indgang.catalogue.models import PublicSite, Unit
from indgang.core import contrast
from indgang.core.refusals import RefusedChange

_ONLY = 1


def current() -> PublicSite:
    """The public site. Before it has been set up, an unsaved one with the municipality's name."""
    found: PublicSite | None = PublicSite.objects.filter(pk=_ONLY).first()
    return found or PublicSite(pk=_ONLY, name=municipality())


def municipality() -> str:
    """The municipality's own name; "" before it has been set up."""
    return Unit.objects.filter(kind=Unit.Kind.MUNICIPALITY).order_by("pk").values_list("name", flat=True).first() or ""


@transaction.atomic
def save(*, by: Actor, at: datetime, **values: Any) -> PublicSite:
    """Change any of name, name_en, logo, contact, contact_en and colour. Raises RefusedChange, by field."""
    if values.get("colour"):
        values["colour"] = _readable(values["colour"])
    PublicSite.objects.get_or_create(pk=_ONLY, defaults={"name": municipality() or "–"})
    site = PublicSite.objects.select_for_update().get(pk=_ONLY)
    return changes.save(site, values, by=by, at=at)


def _readable(text: str) -> str:
    """The colour, checked: white text on it and its text on white must both be readable."""
    try:
        colour = contrast.read(text)
    except ValueError as error:
        raise RefusedChange({"colour": _("Skriv farven som seks tegn, for eksempel #0a3d62.")}) from error
    found = contrast.ratio(colour, contrast.WHITE)
    if found < contrast.READABLE:
        said = _("Hvid tekst kan ikke læses på farven: kontrasten er %(ratio)s, og loven kræver 4,5. Vælg en mørkere.")
        # rounded down, so that a refused ratio never looks sufficient
        raise RefusedChange({"colour": said % {"ratio": f"{int(found * 10) / 10:.1f}".replace(".", ",")}})
    return contrast.write(colour)


def tokens(site: PublicSite) -> dict[str, str]:
    """The values of `ui/tokens.css` that are derived from the site's colour; none when it has no colour of its own."""
    if not site.colour:
        return {}
    brand = contrast.read(site.colour)
    brighter = contrast.mixed(brand, contrast.WHITE, 0.08)
    readable = contrast.ratio(brighter, contrast.WHITE) >= contrast.READABLE
    shades = {
        "brand": brand,
        "brand-deep": contrast.mixed(brand, contrast.BLACK, 0.3),
        "brand-pale": contrast.mixed(brand, contrast.WHITE, 0.9),
        "brand-bright": brighter if readable else brand,
        "link": brand,
        "focus": brand,
    }
    return {name: contrast.write(shade) for name, shade in shades.items()}
