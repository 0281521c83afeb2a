"""The record of processing (GDPR, article 30), generated from the declarations: Markdown in the reader's language."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indgang.privacy import kinds
from indgang.privacy.kinds import PersonalData


def markdown() -> str:
    """The whole record, with the default times."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield f"# {_('Fortegnelse over behandling af personoplysninger')}"
    yield ""
    yield _(
        "Lavet af `indgang privacy record` ud fra det, programmet selv erklærer. Dataansvarlig, kontaktoplysninger og"
        " databeskyttelsesrådgiver skriver kommunen selv. Tiderne er dem, programmet leveres med; siden Persondata"
        " viser dem, der gælder."
    )
    for kind in kinds.declared():
        yield from _of_kind(kind)


def _of_kind(kind: PersonalData) -> Iterator[str]:
    yield ""
    yield f"## {kind.title}"
    yield ""
    yield f"- {_('Om hvem')}: {kind.whose}"
    yield f"- {_('Formål')}: {kind.purpose}"
    yield f"- {_('Grundlag')}: {kind.basis.value}"
    yield f"- {_('Gemmes')}: {_time(kind)}"
    yield f"- {_('Felter')}: {', '.join(f'`{name}`' for name in kinds.fields_of(kind))}"
    if any(each.subject for each in kind.holdings):
        yield f"- {_('Indsigt og sletning')}: {_('med i kopien og i sletningen')}"


def _time(kind: PersonalData) -> str:
    if not kind.days:
        return str(kind.keeps)
    days = ngettext("%(n)s dag", "%(n)s dage", kind.days) % {"n": kind.days}
    return f"{days}, " + _("fra %(since)s") % {"since": kind.since}
