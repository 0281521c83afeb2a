"""An old mail address whose shared mailbox we read: the queue and the centre that its mails enter, and what the list
of old addresses says of it.

The value is `queue centre listed`, for example `tmf-mail tmf kontakt`: the last part is the code of the mailbox to
which the list says that the address leads; it is `-` for an address that is not listed. Threads that are there stay in
their queues, and answers to them come back there.
"""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from indgang.catalogue import changes
from indgang.catalogue.models import ContactCentre
from indgang.core.refusals import RefusedChange
from indgang.correspondence import former_addresses
from indgang.correspondence.mail import mailboxes
from indgang.correspondence.models import FormerAddress, Mailbox, RoutingRule
from indgang.entry.models import Queue
from indgang.programme.switchover.parts.place import Switcher, SwitchPlace

_NOT_LISTED = "-"


def wanted(place: SwitchPlace) -> str:
    """As the new mailbox, and listed as leading there."""
    assert place.mail_to is not None
    return f"{place.mail_to.queue.code} {place.mail_to.centre.code} {place.mail_to.code}"


def present(address: str, place: SwitchPlace) -> str:
    """ "" for an address that is none of our mailboxes."""
    box = _mailbox(address, place)
    return f"{box.queue.code} {box.centre.code} {_said(_listed(address, place))}" if box else ""


def centre_of(value: str) -> str:
    """The code of the centre that the mails go to."""
    return value.split(" ")[1]


def lock(address: str) -> None:
    """Let nobody lead the mailbox elsewhere, or list the address otherwise, until the transaction ends."""
    list(Mailbox.objects.select_for_update(of=("self",)).filter(address__iexact=address))
    list(FormerAddress.objects.select_for_update(of=("self",)).filter(address__iexact=address))


def put(address: str, value: str, place: SwitchPlace, who: Switcher) -> None:
    """Lead what comes to the address there from now on, and list it so or not. Raises RefusedChange."""
    box = _mailbox(address, place)
    if box is None:
        raise RefusedChange({"": _("Adressen %(address)s er ikke vores postkasse mere.") % {"address": address}})
    queue, centre, listed = value.split(" ")
    mailboxes.lead(
        box, queue=Queue.objects.get(code=queue), centre=ContactCentre.objects.get(code=centre), by=who.by, at=place.at
    )
    row = _listed(address, place)
    if listed == _said(row):
        return
    if row is not None:
        _unlist(row, place, who)
    if listed != _NOT_LISTED:
        _list(box, listed, row.valid_to if row else None, place, who)


def words(address: str, value: str, place: SwitchPlace) -> str:
    if not value:
        return _("Ikke vores postkasse")
    queue, centre, listed = value.split(" ")
    names = {"queue": Queue.objects.get(code=queue).name, "centre": ContactCentre.objects.get(code=centre).name}
    if listed != _NOT_LISTED:
        names["listed"] = Mailbox.objects.get(code=listed).name
        return _("Mails kommer i køen %(queue)s hos %(centre)s, på listen over gamle adresser: %(listed)s") % names
    return _("Mails kommer i køen %(queue)s hos %(centre)s") % names


def other_queues(address: str, queue: Queue, place: SwitchPlace) -> list[str]:
    """The names of the rules of the mailbox that still put mails into other queues."""
    box = _mailbox(address, place)
    rules = RoutingRule.objects.valid_on(place.day).filter(mailbox=box, queue__isnull=False).exclude(queue=queue)
    return list(rules.order_by("order", "pk").values_list("name", flat=True)) if box else []


def _mailbox(address: str, place: SwitchPlace) -> Mailbox | None:
    rows = Mailbox.objects.for_mail().valid_on(place.day).select_related("queue", "centre")
    found: Mailbox | None = rows.filter(address__iexact=address).first()
    return found


def _listed(address: str, place: SwitchPlace) -> FormerAddress | None:
    rows = FormerAddress.objects.valid_on(place.day).select_related("forwards_to")
    found: FormerAddress | None = rows.filter(address__iexact=address).first()
    return found


def _said(row: FormerAddress | None) -> str:
    """What the list says of the address."""
    return row.forwards_to.code if row else _NOT_LISTED


def _list(box: Mailbox, listed: str, ends: date | None, place: SwitchPlace, who: Switcher) -> None:
    values = {
        "address": box.address, "name": box.name, "forwards_to": Mailbox.objects.get(code=listed),
        "valid_from": place.day, "valid_to": ends,
    }  # fmt: skip
    former_addresses.save(FormerAddress(), values, by=who.by, at=place.at)


def _unlist(row: FormerAddress, place: SwitchPlace, who: Switcher) -> None:
    """What the list said on earlier days stays."""
    if row.valid_from < place.day:
        changes.save(row, {"valid_to": place.day}, by=who.by, at=place.at)
        return
    before = {"address": row.address, "name": row.name}
    changes.record_change("formeraddress.remove", row, before=before, by=who.by, at=place.at)
    row.delete()
