"""A capacity profile in words, as its team leader reads it."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.entry.team.capacity import Load
from indgang.routing.distribution.requirement import CALL, CALLBACK

#: the kinds of work that exist, in the order of the form: what one of them is called
KINDS: dict[str, str | Promise] = {CALL: gettext_lazy("opkald"), CALLBACK: gettext_lazy("tilbagekald")}


def words(load: Load) -> str:
    """In one sentence: "Ét opkald ad gangen; ét tilbagekald ad gangen; et opkald må afbryde et tilbagekald"."""
    calls, callbacks = load.capacity.get(CALL, 0), load.capacity.get(CALLBACK, 0)
    parts = [_("ét opkald ad gangen") if calls else _("ingen opkald fra køerne"), _callbacks(callbacks)]
    if calls and callbacks and CALL in load.interrupts:
        parts.append(_("et opkald må afbryde et tilbagekald"))
    elif calls and callbacks:
        parts.append(_("et opkald kommer først, når tilbagekaldet er færdigt"))
    text = "; ".join(parts)
    return text[:1].upper() + text[1:]


def _callbacks(number: int) -> str:
    if not number:
        return _("ingen tilbagekald")
    if number == 1:
        return _("ét tilbagekald ad gangen")
    return _("højst %(number)s tilbagekald ad gangen") % {"number": number}
