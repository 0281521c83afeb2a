"""CVR numbers, the numbers of Danish companies: recognised in what people type, and checked."""

from __future__ import annotations

import re

from indgang.core.reading import read

_TYPED = re.compile(
    r"(?:cvr[-. ]*(?:nr|nummer)?|dk|se[-. ]*nr)?[.:\- ]*(?P<digits>[0-9](?:[ .-]?[0-9]){7})", re.IGNORECASE
)
_WEIGHTS = (2, 7, 6, 5, 4, 3, 2, 1)


def is_cvr(number: str) -> bool:
    """Whether it is eight digits whose weighted sum (2, 7, 6, 5, 4, 3, 2, 1) is divisible by eleven
    (Erhvervsstyrelsen)."""
    if not re.fullmatch(r"[1-9][0-9]{7}", number):
        return False
    return sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number, strict=True)) % 11 == 0


def cvr_in(text: str) -> str:
    """The eight digits of a CVR number as people write it (`DK 10 00 00 92`, `CVR-nr. 10000092`); else empty."""
    found = _TYPED.fullmatch(read(text).text.strip())
    return re.sub(r"\D", "", found["digits"]) if found else ""
