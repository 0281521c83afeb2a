"""Finds a data subject by a telephone number, an e-mail address or a name."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from indgang.core import phone_numbers
from indgang.core.masking import has_cpr
from indgang.core.refusals import RefusedChange
from indgang.enquiries.models import Enquiry, Party, PartyNumber, ReturnCall
from indgang.privacy.subjects import MOST_ENQUIRIES, DataSubject

#: most parties that a name may match; with more, a fuller name is needed
MOST_PARTIES = 20
#: most enquiries under a caller's name alone that are listed; whoever asks is told of the others
MOST_UNLINKED = 500


def find(asked: str) -> list[Party]:
    """The parties that match a telephone number, an e-mail address or a name, sorted by name. Raises RefusedChange for
    a CPR number, which cannot be searched for, and for a name that is too short or matches too many parties."""
    asked = " ".join(asked.split())
    if has_cpr(asked):
        raise RefusedChange({"asked": _("Søg efter nummer, e-mail eller navn, ikke efter CPR-nummer.")})
    number, email = number_in(asked), email_in(asked)
    if len(asked) < 3:
        raise RefusedChange({"asked": _("Skriv et helt nummer, en e-mail eller et navn.")})
    of_them = Party.objects.filter(Q(email__iexact=email) if email else Q(name__icontains=asked))
    if number:
        of_them = Party.objects.filter(numbers__number=number)
    found = list(of_them.distinct().order_by("name")[: MOST_PARTIES + 1])
    if len(found) > MOST_PARTIES:
        raise RefusedChange({"asked": _("Navnet passer på for mange. Skriv mere af det, eller søg efter et nummer.")})
    return found


def subject(asked: str, parties: list[Party], *, unlinked: Collection[UUID] = ()) -> DataSubject:
    """The data subject: the number or address that was searched for, these parties with their numbers, all enquiries of
    either, and those of `unlinked`. A number shared with another party counts only if it was searched for. Raises
    RefusedChange when there are too many enquiries."""
    asked = " ".join(asked.split())
    keys = tuple(party.pk for party in parties)
    numbers, emails = {number_in(asked)} - {""}, {email_in(asked)} - {""}
    if not numbers:
        own = PartyNumber.objects.filter(party__in=keys)
        shared = PartyNumber.objects.exclude(party__in=keys).values("number")
        numbers |= set(own.exclude(number__in=shared).values_list("number", flat=True))
    emails |= {party.email.lower() for party in parties if party.email}
    of_them = Enquiry.objects.filter(Q(caller_number__in=numbers) | Q(party__in=keys) | Q(pk__in=unlinked))
    enquiries = set(of_them.order_by("-arrived_at").values_list("pk", flat=True)[: MOST_ENQUIRIES + 1])
    enquiries |= set(ReturnCall.objects.filter(number__in=numbers).values_list("enquiry", flat=True))
    if len(enquiries) > MOST_ENQUIRIES:
        raise RefusedChange({"asked": _("Det er for mange henvendelser til at være en persons. Søg mere præcist.")})
    return DataSubject(tuple(sorted(numbers)), tuple(sorted(emails)), keys, tuple(sorted(enquiries)))


def unlinked(asked: str) -> QuerySet[Enquiry]:
    """The enquiries whose caller has this name but that belong to no party, newest first. People share names, so
    somebody must say which of these are the data subject's."""
    asked = " ".join(asked.split())
    if not asked or number_in(asked) or email_in(asked):
        return Enquiry.objects.none()
    return Enquiry.objects.filter(caller_name__iexact=asked, party=None).order_by("-arrived_at")


def number_in(asked: str) -> str:
    """The number in E.164 when the text is a number; else empty."""
    number = phone_numbers.in_search(asked) or ""
    return "" if phone_numbers.is_anonymous(number) else number


def email_in(asked: str) -> str:
    """The address in lower case when the text is one; else empty."""
    try:
        validate_email(asked)
    except ValidationError:
        return ""
    return asked.lower()
