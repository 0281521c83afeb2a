"""Known businesses and citizens: find by number, search, and link to an enquiry."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.catalogue import collisions
from indgang.core import phone_numbers
from indgang.core.cvr import cvr_in, is_cvr
from indgang.core.masking import has_cpr
from indgang.core.refusals import CodedRefusal
from indgang.enquiries.models import Enquiry, Party, PartyNumber
from indgang.live import stale
from indgang.prepared.query import Query

#: most parties that a search shows; with more matches, the user has to type more letters
MOST_FOUND = 12
NAME_LENGTH = 200
#: the form field for each refusal
FIELD_OF = {"no_name": "name", "name_too_long": "name", "name_has_cpr": "name", "bad_cvr": "cvr", "cvr_known": "cvr"}
#: the expression of the index `enq_party_words`
_WORDS = SearchVector("name", config="simple")
_COLUMNS = [field.attname for field in Party._meta.concrete_fields]


class PartyError(CodedRefusal):
    """The input was refused and nothing was written. Codes: no_name, name_too_long, name_has_cpr, bad_cvr,
    cvr_known."""


_OF_NUMBER = Query(lambda number: Party.objects.filter(numbers__number=number).values_list(*_COLUMNS), number=str)


def of_number(number: str) -> list[Party]:
    """Parties that use this number (E.164), by name; none for a withheld number."""
    if phone_numbers.is_anonymous(number):
        return []
    return [Party.from_db("default", _COLUMNS, row) for row in _OF_NUMBER.rows(number=number)]


def only_of_number(number: str) -> Party | None:
    """The only party that uses this number (E.164); None when nobody does, or several do."""
    found = of_number(number)
    return found[0] if len(found) == 1 else None


def search(text: str) -> QuerySet[Party]:
    """Parties by the beginnings of the words of a name, by CVR or by telephone number; the first `MOST_FOUND`."""
    words = re.findall(r"\w+", text.lower())
    if not words or len("".join(words)) < 2:
        return Party.objects.none()
    if numbers := _numbers(text):
        return Party.objects.filter(numbers).distinct()[:MOST_FOUND]
    query = SearchQuery(" & ".join(f"{word}:*" for word in words[:8]), search_type="raw", config="simple")
    return Party.objects.annotate(words=_WORDS).filter(words=query)[:MOST_FOUND]


def create(
    *,
    kind: str,
    name: str,
    by: Person,
    at: datetime,
    cvr: str = "",
    email: str = "",
    number: str = "",
    protected: bool = False,
    enquiry: Enquiry | None = None,
) -> Party:
    """Create a party; `enquiry` is the call that gave us the number.

    Raises `PartyError`; `cvr_known` means that another party has the CVR.
    """
    name, cvr = " ".join(name.split()), cvr_in(cvr) or cvr.strip()
    _check(name, cvr)
    with transaction.atomic():
        if cvr and Party.objects.filter(cvr=cvr).exists():
            raise _known_cvr()
        with collisions.refused_in_words(lambda _reasons: _known_cvr(), {"enquiries_party_one_per_cvr": ("cvr", "")}):
            party = Party.objects.create(kind=kind, name=name, cvr=cvr, email=email, protected=protected, created_at=at)
        _add_number(party, number, learnt_from=enquiry)
        trail.record(by=by, at=at, action="party.create", target=party, after={"kind": kind})
    return party


def create_and_link(enquiry: Enquiry, *, by: Person, at: datetime, **fields: Any) -> Enquiry:
    """`create` with the caller's number (else with `number`), then `link`, in one transaction. Raises `PartyError`."""
    typed = fields.pop("number", "")
    number = typed if phone_numbers.is_anonymous(enquiry.caller_number) else enquiry.caller_number
    with transaction.atomic():
        party = create(by=by, at=at, number=number, enquiry=enquiry, **fields)
        return link(enquiry, party=party, by=by, at=at)


def link(enquiry: Enquiry, *, party: Party, by: Person, at: datetime) -> Enquiry:
    """Link the enquiry to a party and store the caller's number with it. Linking again changes nothing."""
    with transaction.atomic():
        locked = Enquiry.objects.select_for_update(of=("self",)).get(pk=enquiry.pk)
        if locked.party_id == party.pk:
            return locked
        before = {"party": locked.party_id}
        locked.party = party
        locked.save(update_fields=["party"])
        _add_number(party, locked.caller_number, learnt_from=locked)
        trail.record(by=by, at=at, action="enquiry.link_party", target=locked, before=before, after={"party": party.pk})
        stale.mark(f"person-{by.pk}/lists")
    return locked


def unlink(enquiry: Enquiry, *, by: Person, at: datetime) -> Enquiry:
    """Unlink the party. A number that was stored because of this call is removed."""
    with transaction.atomic():
        locked = Enquiry.objects.select_for_update(of=("self",)).get(pk=enquiry.pk)
        if locked.party_id is None:
            return locked
        before = {"party": locked.party_id}
        PartyNumber.objects.filter(party=locked.party_id, learnt_from=locked).delete()
        locked.party = None
        locked.save(update_fields=["party"])
        trail.record(by=by, at=at, action="enquiry.unlink_party", target=locked, before=before, after={"party": None})
        stale.mark(f"person-{by.pk}/lists")
    return locked


def look(found: Sequence[Party], *, by: Person, at: datetime, page: str, why: str = "") -> None:
    """Log that somebody was shown these parties, with or without a history; protected ones too."""
    trail.looks(by=by, at=at, subjects=found, page=page, why=why)


def protect(party: Party, *, protected: bool, by: Person, at: datetime) -> Party:
    """Set or remove the protection of name and address. The same value again changes nothing."""
    with transaction.atomic():
        locked = Party.objects.select_for_update().get(pk=party.pk)
        if locked.protected != protected:
            locked.protected = protected
            locked.save(update_fields=["protected"])
            trail.record(by=by, at=at, action="party.protect", target=locked, before={"protected": not protected},
                         after={"protected": protected})  # fmt: skip
    return locked


def names_of(keys: Iterable[str]) -> dict[str, str]:
    """The current names by the keys in the audit trail; protected names are masked, and erased parties are missing."""
    wanted = [int(key) for key in keys if key.isdigit()]
    return {str(party.pk): facts(party)["name"] for party in Party.objects.filter(pk__in=wanted)}


def reveal(party: Party, *, by: Person, at: datetime) -> Party:
    """Show a protected party on purpose: the look is logged, then the name may be shown."""
    trail.look(by=by, at=at, subject=party, page="desk.party")
    return party


def _known_cvr() -> PartyError:
    return PartyError("cvr_known", _("CVR-nummeret findes allerede. Søg det frem i stedet."))


def _check(name: str, cvr: str) -> None:
    if not name:
        raise PartyError("no_name", _("Skriv et navn."))
    if len(name) > NAME_LENGTH:
        raise PartyError("name_too_long", _("Navnet må højst fylde 200 tegn."))
    if has_cpr(name):
        raise PartyError("name_has_cpr", _("Skriv navnet uden CPR-nummer."))
    if cvr and not is_cvr(cvr):
        raise PartyError("bad_cvr", _("CVR-nummeret skal være otte cifre og er ikke gyldigt. Tjek det."))


def _numbers(text: str) -> Q:
    """A filter on the CVR or telephone number; matches nothing for other text."""
    cvr, number = cvr_in(text), phone_numbers.in_search(text)
    asked = Q(cvr=cvr) if cvr else Q()
    return asked | Q(numbers__number=number) if number and number.startswith("+") else asked


def _add_number(party: Party, number: str, *, learnt_from: Enquiry | None) -> None:
    if not phone_numbers.is_anonymous(number):
        PartyNumber.objects.get_or_create(party=party, number=number, defaults={"learnt_from": learnt_from})


def masked(party: Party) -> str:
    """The masked name of a protected party: initials only."""
    return " ".join(f"{word[0]}." for word in party.name.split()[:3])


def facts(party: Party) -> dict[str, Any]:
    """The facts for a panel; the name and e-mail of a protected party are withheld."""
    if party.protected:
        return {"name": masked(party), "cvr": party.cvr, "email": ""}
    return {"name": party.name, "cvr": party.cvr, "email": party.email}
