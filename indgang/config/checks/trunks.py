"""The trunks to the telephone network: whether each is ready, and whether every number of ours has a trunk."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from indgang.config import telephone_nodes
from indgang.core import clock
from indgang.entry.models import EntryPoint, TrunkStatus
from indgang.health.finding import Finding, error, ok, warning
from indgang.office.operations import trunk_sentences
from indgang.telephony.asterisk.telephone_file import BadTelephoneFile
from indgang.telephony.asterisk.trunks import Trunk

#: the switchboard writes the state of each trunk every five seconds
_HEARD_OF = timedelta(seconds=30)


def look() -> Iterator[Finding]:
    if "asterisk" not in settings.EXCHANGES:
        yield ok(_("Opkald går ikke over rigtige telefonlinjer her."))
        return
    try:
        trunks = [trunk for node in telephone_nodes.read() for trunk in node.trunks]
    except BadTelephoneFile:
        return  # the check of the telephone system says so
    if not trunks:
        advice = _("Skriv linjen i en fil, og sæt INDGANG_TELEPHONE_FILE (docs/telephone.md).")
        yield error(_("Der er ingen telefonlinje: ingen kan ringe ind eller ud."), advice)
    rows = {row.name: row for row in TrunkStatus.objects.all()}
    for trunk in trunks:
        yield _of(trunk, rows.get(trunk.name))
    yield from _numbers(trunks)


def _of(trunk: Trunk, row: TrunkStatus | None) -> Finding:
    at = clock.now()
    if row is None or row.heartbeat < at - _HEARD_OF:
        text = _("Linjen %(name)s: tilstanden er ukendt.") % {"name": trunk.name}
        return warning(text, _("Start omstillingen med “indgang switchboard”."))
    said = trunk_sentences.of_state(row, is_known=True, at=at)
    text = _("Linjen %(name)s: %(state)s.") % {"name": trunk.name, "state": said.word}
    if said.state == "up":
        return ok(text)
    return error(text, said.advice) if said.state == "down" else warning(text, said.advice)


def _numbers(trunks: list[Trunk]) -> Iterator[Finding]:
    """Numbers without a trunk, if every trunk lists its numbers."""
    ranges = [numbers for trunk in trunks for numbers in trunk.numbers]
    if not ranges or not all(trunk.numbers for trunk in trunks):
        return
    for entry in EntryPoint.objects.valid_on(clock.today()):
        if entry.number.startswith("+") and not any(entry.number in numbers for numbers in ranges):
            text = _("Nummeret %(number)s hører ikke til nogen telefonlinje.") % {"number": entry.number}
            yield warning(text, _("Ret numbers i telefonfilen, eller fjern nummeret under Telefonnumre."))
