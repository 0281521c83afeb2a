"""What centres can spare for each other, and loans between them in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.catalogue.models import ContactCentre
from indgang.entry.models import AgentLoan
from indgang.entry.team.loans import on_the_clock

#: quarters for which it is worth to borrow somebody
_QUARTER, _LEAST_LENT = timedelta(minutes=15), 4
_BORROWED: dict[str, str | Promise] = {
    AgentLoan.State.ASKED: gettext_lazy("%(centre)s er spurgt om én kl. %(from)s–%(to)s og har ikke svaret endnu."),
    AgentLoan.State.ACCEPTED: gettext_lazy("%(name)s kommer fra %(centre)s kl. %(from)s–%(to)s."),
    AgentLoan.State.GOING: gettext_lazy("%(name)s er lånt fra %(centre)s til kl. %(to)s."),
}
_LENT: dict[str, str | Promise] = {
    AgentLoan.State.ASKED: gettext_lazy("%(centre)s vil låne én kl. %(from)s–%(to)s."),
    AgentLoan.State.ACCEPTED: gettext_lazy("%(name)s bliver lånt ud til %(centre)s kl. %(from)s–%(to)s."),
    AgentLoan.State.GOING: gettext_lazy("%(name)s er lånt ud til %(centre)s til kl. %(to)s."),
}


@dataclass(frozen=True, slots=True)
class LoanOffer:
    """A centre can spare so many people between two times, while they are missing here."""

    lender: ContactCentre
    starts_at: datetime
    ends_at: datetime
    number: int

    @property
    def key(self) -> str:
        return f"{self.lender.code}-{self.starts_at:%H%M}-{self.ends_at:%H%M}"

    @property
    def words(self) -> str:
        return _("%(centre)s har %(number)s at undvære kl. %(from)s–%(to)s.") % {
            "centre": self.lender.name, "number": self.number, "from": on_the_clock(self.starts_at),
            "to": on_the_clock(self.ends_at),
        }  # fmt: skip


def words(loan: AgentLoan, centre: ContactCentre) -> str:
    """A loan as the centre reads it."""
    is_here = loan.borrower_id == centre.pk
    text = (_BORROWED if is_here else _LENT)[loan.state]
    return str(text) % {
        "centre": (loan.lender if is_here else loan.borrower).name, "name": loan.person.name if loan.person else "",
        "from": on_the_clock(loan.starts_at), "to": on_the_clock(loan.ends_at),
    }  # fmt: skip


def offers(
    short: Mapping[datetime, float], spare: Mapping[datetime, float], lender: ContactCentre
) -> Iterator[LoanOffer]:
    """Spans of at least an hour in which the other centre can spare somebody who is missing here, by quarters."""
    both = {at: min(missing, spare.get(at, 0)) for at, missing in short.items()}
    span: list[datetime] = []
    for at in (*sorted(both), None):
        if span and (at is None or both[at] < 1 or at != span[-1] + _QUARTER):
            if len(span) >= _LEAST_LENT:
                yield LoanOffer(lender, span[0], span[-1] + _QUARTER, int(min(both[each] for each in span)))
            span = []
        if at is not None and both[at] >= 1:
            span.append(at)
