"""A rule about external numbers in words."""

from __future__ import annotations

from django.utils.translation import gettext as _

from indgang.core.barring import EVERYWHERE
from indgang.core.dial_rules import NumberKind
from indgang.entry.models import RoleDialRule


def kinds() -> dict[str, str]:
    return {
        NumberKind.SHORT: _("Korte numre (1813, lokalnumre)"),
        NumberKind.DENMARK: _("Danske numre, fastnet og mobil"),
        NumberKind.ABROAD: _("Numre i udlandet"),
    }


def of(row: RoleDialRule | None) -> list[str]:
    """The rule, as one sentence for each part."""
    if row is None:
        return [_("Må ringe til alle numre, der ikke er spærret.")]
    said = [_("Må kun ringe til: %(kinds)s.") % {"kinds": ", ".join(_kind(row, kind) for kind in row.kinds) or "–"}]
    if row.longest_minutes:
        said.append(_("Et opkald varer højst %(minutes)s minutter.") % {"minutes": row.longest_minutes})
    if row.at_once:
        said.append(_("Højst %(count)s opkald ad gangen.") % {"count": row.at_once})
    if row.own_numbers:
        said.append(_("Må selv tilføje det nummer, de tager opkald på."))
    return said


def _kind(row: RoleDialRule, kind: str) -> str:
    name = kinds().get(kind, kind).lower()
    if kind != NumberKind.ABROAD or EVERYWHERE in row.countries:
        return name
    return f"{name} ({', '.join(row.countries)})"
