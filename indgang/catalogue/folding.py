"""Text in the form in which the database compares words: `åse`, `Aase` and `ÅSE` are one.

The folding is done by PostgreSQL for the stored text and for the words alike, so the two cannot disagree. It needs no
extension, and it does not depend on the locale for Danish letters. In the C collation folded text is in Danish order,
as by `core.text.sort_key`.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection
from django.db.models import BooleanField, F, Func, TextField, Value

#: lower case, no accents, `aa` as `å`, the three letters after z in the order of the alphabet, and one space for each
#: run of other signs, such as the full stops of an address. One template, because a tree of functions takes Django
#: longer to write than PostgreSQL to run
_FOLDED = (
    "btrim(regexp_replace(replace(replace(lower(regexp_replace(normalize(translate(normalize((%(expressions)s)::text,"
    " NFC), 'ÆØÅÄÖæøåäö', '{|}{|{|}{|'), NFKD), '[\u0300-\u036f]', '', 'g')), 'aa', '}'), 'ß', 'ss'),"
    " '[^[:alnum:]{|}]+', ' ', 'g'))"
)


def folded_fields(*names: str) -> Func:
    """The fields folded as one text, in this order. None of them may be null."""
    fields = [F(name) for name in names]
    return Func(*fields, template=_FOLDED, arg_joiner=" || ' ' || ", output_field=TextField())


def fold(texts: Iterable[str]) -> list[str]:
    """Each text folded. One round trip."""
    listed = list(texts)
    if not listed:
        return []
    each = _FOLDED % {"expressions": "text"}
    statement = f"SELECT {each} FROM unnest(%s::text[]) WITH ORDINALITY AS given (text, place) ORDER BY place"  # noqa: S608  # our template
    with connection.cursor() as cursor:
        cursor.execute(statement, [listed])
        return [row[0] for row in cursor.fetchall()]


def pattern(word: str) -> str:
    """The pattern of a folded word for `holds`. Nothing in it needs an escape."""
    return f"%{word}%"


def holds(named: str, wanted: str) -> Func:
    """Whether folded text (a field or an annotation) holds a `pattern`.

    The pattern is a value by itself, so a prepared statement does not compute it anew for each row.
    """
    return Func(F(named), Value(wanted), template="(%(expressions)s)", arg_joiner=" LIKE ", output_field=BooleanField())
