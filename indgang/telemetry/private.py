"""Keeps personal data out of logs: masks what looks like a number or address of a person, and removes what errors
quote.

Our own code logs no names. Errors of other code do: a database names the row that it refused, a library the value. Of
an error the log therefore has its type, where it happened, and its first line without quoted values.
"""

from __future__ import annotations

import logging
import re
import traceback
from typing import Any

from indgang.core.masking import without_personal_numbers

#: what errors quote: texts in quotes, the rows and values of a database's error, values in brackets
_QUOTED = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"|“[^”\n]*”|\(\s*[^()\n]*[^\W\d_][^()\n]*\)\s*=\s*\([^)\n]*\)|\{[^}\n]*\}")
_QUOTE = "‹…›"
#: the most linked errors (`raise … from`, or an error raised while another was handled) that are logged together
_LONGEST_CHAIN = 8

#: prefix of our own loggers; what other loggers quote may come from people
_OURS = "indgang"


class Private(logging.Filter):
    """Filters every record of a handler. It never drops one."""

    def filter(self, record: logging.LogRecord) -> bool:
        said = _message(record)
        plain = said if record.name.partition(".")[0] == _OURS else _QUOTED.sub(_QUOTE, said)
        record.msg, record.args = without_personal_numbers(plain), ()
        if record.exc_info and record.exc_info[1] is not None:
            record.exc_text = described(record.exc_info[1])
        record.exc_info = None
        return True


def described(error: BaseException) -> str:
    """Types and places of an error and of its causes, the first cause first, without quoted values."""
    chain: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and len(chain) < _LONGEST_CHAIN:
        chain.append(current)
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return "\n".join(_one(each) for each in reversed(chain))


def first_line(error: BaseException) -> str:
    """The error without values: its type, and its first line without anything quoted."""
    said = str(error).strip().split("\n")[0]
    plain = _QUOTED.sub(_QUOTE, without_personal_numbers(said))
    return f"{type(error).__name__}: {plain}" if plain else type(error).__name__


def _one(error: BaseException) -> str:
    places = [f'  File "{f.filename}", line {f.lineno}, in {f.name}' for f in traceback.extract_tb(error.__traceback__)]
    return "\n".join([*places, first_line(error)])


def _message(record: logging.LogRecord) -> str:
    """The message, with the errors among its arguments described as above. A record whose arguments do not fit is still
    logged."""
    request = getattr(record, "request", None)
    if request is not None and hasattr(record, "status_code"):
        return _refused(request, record.status_code)
    given = record.args
    if isinstance(given, tuple):
        record.args = tuple(first_line(each) if isinstance(each, BaseException) else each for each in given)
    try:
        return record.getMessage()
    except (TypeError, ValueError):
        return str(record.msg)


def _refused(request: Any, status: int) -> str:
    """Django's message about a request that it or a view refused, with the view's name instead of the address, which
    people type."""
    match = getattr(request, "resolver_match", None)
    return f"{status} {getattr(request, 'method', '')} {match.view_name if match else 'no view'}"
