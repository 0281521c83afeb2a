"""Keeps personal data out of logs: what looks like a number or address of a person is masked, and what an error quotes.

Code of ours logs no names. Errors of others do: a database says which row it could not take, a library which value.
Of an error the log therefore has its kind, where it happened, and its first line without what is quoted in it.
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
#: as Python keeps them: an error in `raise … from`, or while another was handled
_LONGEST_CHAIN = 8

#: our own loggers; what others quote was said by somebody
_OURS = "indgang"


class Private(logging.Filter):
    """Goes through every record that a handler is given. It never drops one."""

    def filter(self, record: logging.LogRecord) -> bool:
        said = _message(record)
        plain = said if record.name.partition(".")[0] == _OURS else _QUOTED.sub(_QUOTE, said)
        record.msg, record.args = without_personal_numbers(plain), ()
        if record.exc_info and record.exc_info[1] is not None:
            record.exc_text = described(record.exc_info[1])
        record.exc_info = None
        return True


def described(error: BaseException) -> str:
    """Kinds and places of an error and of those before it, the first one first, without what they quote."""
    chain: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and len(chain) < _LONGEST_CHAIN:
        chain.append(current)
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return "\n".join(_one(each) for each in reversed(chain))


def first_line(error: BaseException) -> str:
    """What an error says, without values: its kind, and its first line with everything quoted left out."""
    said = str(error).strip().split("\n")[0]
    plain = _QUOTED.sub(_QUOTE, without_personal_numbers(said))
    return f"{type(error).__name__}: {plain}" if plain else type(error).__name__


def _one(error: BaseException) -> str:
    places = [f'  File "{f.filename}", line {f.lineno}, in {f.name}' for f in traceback.extract_tb(error.__traceback__)]
    return "\n".join([*places, first_line(error)])


def _message(record: logging.LogRecord) -> str:
    """With the errors among its arguments described as above. A record that does not fit its text is not lost."""
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
    """What Django says of a request that it or a view refused, with the view's name for an address that people type."""
    match = getattr(request, "resolver_match", None)
    return f"{status} {getattr(request, 'method', '')} {match.view_name if match else 'no view'}"
