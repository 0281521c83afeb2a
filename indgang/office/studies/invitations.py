"""The address of a participant's personal link, as it stands on pages and in mails."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse

from indgang.feedback.studies import planning
from indgang.feedback.studies.models import StudyParticipant


def address_of(participant: StudyParticipant) -> str:
    """The full address, in Danish."""
    path = reverse("portal:crowd", args=[planning.url_key(participant)], current_app="portal")
    return f"{settings.PUBLIC_URL.rstrip('/')}{path}"
