"""Where the need of a shift plan comes from, in words."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from indgang.office.planning.forms import typed
from indgang.planning.assumption_kinds import KINDS
from indgang.workforce.models import PlannedNeed
from indgang.workforce.shifts.need_sources import NeedAddition, NeedSource


def addition_words(each: NeedAddition) -> str:
    """ "Sygdom (%): 6,2. Kilde: lønsystemet"."""
    said = {"name": KINDS[each.code].name, "percent": typed(each.percent), "source": each.source}
    return _("%(name)s: %(percent)s. Kilde: %(source)s") % said


def source_words(first: PlannedNeed, last: PlannedNeed, source: NeedSource, queues: Mapping[str, str]) -> str:
    """ "Telefon, Islands Brygge, 11. marts – 24. marts: prognosen for Byggeri. Lagt til: …"."""
    said = {
        "activity": first.activity.name, "workplace": first.workplace.name,
        "days": f"{date_format(first.day, 'j. F')} – {date_format(last.day, 'j. F')}",
        "queues": ", ".join(queues.get(each, each) for each in source.queues),
    }  # fmt: skip
    text = _("%(activity)s, %(workplace)s, %(days)s: prognosen for %(queues)s.") % said
    if not source.added:
        return text + " " + _("Svind og sygdom er ikke lagt til.")
    return text + " " + _("Lagt til: %(added)s.") % {"added": "; ".join(map(addition_words, source.added))}
