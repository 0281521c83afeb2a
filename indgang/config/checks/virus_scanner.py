"""The virus scanner: answers, and its signatures are not old."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from indgang.core import clock
from indgang.health.finding import Finding, error, ok, warning
from indgang.messaging.scanning import ClamAV, checked_address

_SECONDS = 3
#: signatures come several times a day; older ones mean that they are no longer fetched
_OLD = timedelta(days=7)
_DAY = re.compile(r"/\d+/\w{3} (\w{3} +\d{1,2} \d\d:\d\d:\d\d \d{4})$")


def look() -> Iterator[Finding]:
    if not settings.VIRUS_SCANNER:
        text = _("Ingen virusscanner: vedhæftede filer vises som ikke scannet.")
        yield ok(text) if settings.DEMO else warning(text, _("Sæt INDGANG_VIRUS_SCANNER til ClamAV's adresse."))
        return
    try:
        version = ClamAV(checked_address(settings.VIRUS_SCANNER), _SECONDS).version()
    except ValueError:
        text = _("INDGANG_VIRUS_SCANNER er ikke en adresse: %(where)s")
        yield error(text % {"where": settings.VIRUS_SCANNER}, _("Skriv stien til en socket eller vært:port."))
    except OSError as fault:
        text = _("Virusscanneren %(where)s kan ikke bruges: %(reason)s")
        told = {"where": settings.VIRUS_SCANNER, "reason": fault.strerror or type(fault).__name__}
        yield error(text % told, _("Start clamd, ret INDGANG_VIRUS_SCANNER, eller åbn for den."))
    else:
        yield ok(_("Virusscanneren svarer: %(version)s") % {"version": version.partition("/")[0]})
        yield from _old_signatures(version)


def _old_signatures(version: str) -> Iterator[Finding]:
    """clamd names the day of its signatures behind the version; without any it names none."""
    found = _DAY.search(version)
    if found is None:
        return
    made = datetime.strptime(found[1], "%b %d %H:%M:%S %Y").replace(tzinfo=UTC)
    if clock.now() - made > _OLD:
        text = _("Virusscannerens kendetegn er fra %(day)s.") % {"day": f"{made:%d.%m.%Y}"}
        yield warning(text, _("Se, om freshclam kører og kan hente nye."))
