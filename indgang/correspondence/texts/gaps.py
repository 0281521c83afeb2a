"""What is still to be filled in keeps an answer from being sent."""

from __future__ import annotations

from django.utils.translation import gettext as _

from indgang.core.refusals import RefusedChange
from indgang.correspondence.texts import fields


def fault(text: str) -> str:
    """Why an answer cannot be sent yet; empty when nothing is left to fill in."""
    left = fields.gaps(text)
    if not left:
        return ""
    return _("Udfyld det, der mangler i svaret, før du sender: %(gaps)s.") % {"gaps": ", ".join(left)}


def refuse(text: str) -> None:
    """Raises RefusedChange (field `text`) when something is left to fill in."""
    if said := fault(text):
        raise RefusedChange({"text": said})
