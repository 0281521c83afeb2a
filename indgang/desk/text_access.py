"""Access of the desk to one's own reply texts: the text, or 404."""

from __future__ import annotations

from django.http import HttpRequest

from indgang.accounts.gate import person_of
from indgang.correspondence.models import ReplyText
from indgang.ui.missing import not_found


def own_text(request: HttpRequest, pk: int) -> ReplyText:
    """One of this person's own reply texts. Raises Http404."""
    found = ReplyText.objects.filter(pk=pk, person=person_of(request)).first()
    if found is None:
        raise not_found(ReplyText, pk)
    text: ReplyText = found
    return text
