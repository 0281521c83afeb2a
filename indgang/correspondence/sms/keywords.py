"""STOP and START: the words, and the numbers that want no SMS."""

from __future__ import annotations

import re
from datetime import datetime

from indgang.correspondence.models import SmsMessage, SmsSilence

_STOP = frozenset(("stop", "stopp", "afmeld", "frameld", "unsubscribe"))
_START = frozenset(("start", "tilmeld"))
_AROUND = re.compile(r"^\W+|\W+$")


def keyword_of(text: str) -> SmsMessage.Keyword:
    """The keyword that is the whole text, however it is written; none in a sentence."""
    word = _AROUND.sub("", text).casefold()
    if word in _STOP:
        return SmsMessage.Keyword.STOP
    return SmsMessage.Keyword.START if word in _START else SmsMessage.Keyword.NONE


def silence_of(number: str) -> SmsSilence | None:
    """The STOP that is in force for the number."""
    return SmsSilence.objects.filter(number=number, until=None).first() if number else None


def follow(number: str, keyword: SmsMessage.Keyword, at: datetime) -> None:
    """Do what the keyword says; a second time changes nothing. Belongs in the transaction that stores the message."""
    if keyword == SmsMessage.Keyword.STOP:
        SmsSilence.objects.bulk_create([SmsSilence(number=number, since=at)], ignore_conflicts=True)
    elif keyword == SmsMessage.Keyword.START:
        SmsSilence.objects.filter(number=number, until=None).update(until=at)
