"""Why no contacts are behind a figure, so that channels and services have no part of it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from indgang.measures.entered_kinds import ENTERED
from indgang.measures.figure_names import FIGURE_NAMES
from indgang.measures.priced_days import PRICED

_TYPED = frozenset(each.code for each in ENTERED)


def why(code: str) -> str:
    """A sentence about a figure that has no contacts (`Definition.has_contacts`)."""
    if code in PRICED:
        said = _("“%(name)s” regnes ud fra prisen i aftalen.")
    elif code in _TYPED:
        said = _("“%(name)s” bliver tastet ind som ét tal.")
    else:
        said = _("“%(name)s” handler om medarbejdernes tid.")
    return said % {"name": FIGURE_NAMES[code]}
