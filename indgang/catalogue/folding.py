"""Text in the form in which the database compares words: `åse`, `Aase` and `ÅSE` are one.

The folding is done by PostgreSQL for the stored text and for the words alike, so the two cannot disagree. It needs no
extension, and it does not depend on the locale for Danish letters. In the C collation folded text is in Danish order,
as by `core.text.sort_key`.
"""

from __future__ import annotations

from typing import Any

from django.db.models import F, Func, TextField, Value
from django.db.models.functions import Cast, Concat, Lower

#: the three letters after z, in the order of the alphabet
_LETTERS, _FILED = "ÆØÅÄÖæøåäö", "{|}{|{|}{|"
#: accents that remain as signs of their own when a letter is decomposed
_ACCENTS = "[\u0300-\u036f]"
#: a full stop in an address or a hyphen in a name separates words
_NO_WORD = "[^[:alnum:]{|}]+"


def folded(text: Any) -> Func:
    """The text in lower case without accents, with `aa` as `å`, and one space for each run of other signs."""
    composed = Func(Cast(text, TextField()), function="normalize", template="%(function)s(%(expressions)s, NFC)")
    danish = Func(composed, Value(_LETTERS), Value(_FILED), function="translate")
    parts = Func(danish, function="normalize", template="%(function)s(%(expressions)s, NFKD)")
    bare = Lower(_replaced(parts, _ACCENTS, ""))
    one_letter = Func(bare, Value("aa"), Value("}"), function="replace")
    sharp = Func(one_letter, Value("ß"), Value("ss"), function="replace")
    return Func(_replaced(sharp, _NO_WORD, " "), function="btrim", output_field=TextField())


def folded_fields(*names: str) -> Func:
    """The fields folded as one text, in this order."""
    first, *others = names
    parts: list[Any] = [F(first)]
    for name in others:
        parts += [Value(" "), F(name)]
    return folded(Concat(*parts, output_field=TextField()) if others else F(first))


def _replaced(text: Any, pattern: str, by: str) -> Func:
    return Func(text, Value(pattern), Value(by), Value("g"), function="regexp_replace", output_field=TextField())
