"""What a person is told when an SMS did not leave or did not arrive."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.correspondence.sms.sending import STOPPED, WITHDRAWN

#: by the first word of the reason: a state of a receipt, or one of ours
_BY_STATE: dict[str, str | Promise] = {
    STOPPED: gettext_lazy("Nummeret har svaret STOP og vil ikke have sms'er."),
    WITHDRAWN: gettext_lazy("Sms'en blev fortrudt, før den var sendt."),
    "EXPIRED": gettext_lazy("Telefonen var slukket eller uden dækning for længe."),
    "DELETED": gettext_lazy("Sms-tjenesten har slettet sms'en."),
    "UNDELIVERABLE": gettext_lazy("Sms'en kunne ikke leveres til nummeret."),
    "REJECTED": gettext_lazy("Teleselskabet afviste sms'en."),
    "SKIPPED": gettext_lazy("Sms-tjenesten har ikke sendt sms'en."),
}


def words(reason: str) -> str:
    """The sentence for a reason (`SmsMessage.reason`); empty without one. Codes are for those who run the product."""
    if not reason:
        return ""
    first = reason.split()[0]
    return str(_BY_STATE[first]) if first in _BY_STATE else _("Sms-tjenesten tog ikke imod sms'en.")
