"""Formulas of a case: arithmetic on names, with `min`, `max`, `round` and `abs`. Pure.

A formula is read by a small parser of its own, never by Python's `eval`. It is evaluated on numpy arrays, and written
as a formula of a spreadsheet.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

#: letters of a formula, and levels of brackets in it
LONGEST, DEEPEST = 300, 20
_TOKEN = re.compile(r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<name>[a-z][a-z0-9_]*)|(?P<sign>[-+*/(),]))")


class FormulaFault(ValueError):
    """A formula that cannot be read or evaluated. `code` says why, `about` names the part of it."""

    def __init__(self, code: str, about: str) -> None:
        super().__init__(f"{code}: {about}")
        self.code, self.about = code, about


@dataclass(frozen=True, slots=True)
class FormulaNumber:
    value: float


@dataclass(frozen=True, slots=True)
class FormulaName:
    name: str


@dataclass(frozen=True, slots=True)
class FormulaOperation:
    """`sign` is one of + - * / or, with one part, the minus before it."""

    sign: str
    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class FormulaCall:
    function: str
    arguments: tuple[Expression, ...]


Expression = FormulaNumber | FormulaName | FormulaOperation | FormulaCall


def _rounded(values: Sequence[Values]) -> Values:
    """Half away from zero, as people and spreadsheets round."""
    digits = 10.0 ** (values[1] if len(values) > 1 else 0.0)
    scaled = values[0] * digits
    return np.asarray(np.sign(scaled) * np.floor(np.abs(scaled) + 0.5) / digits)


def _least(values: Sequence[Values]) -> Values:
    return np.asarray(np.minimum.reduce(np.broadcast_arrays(*values)))


def _most(values: Sequence[Values]) -> Values:
    return np.asarray(np.maximum.reduce(np.broadcast_arrays(*values)))


#: name: fewest and most arguments, and the function
FUNCTIONS: Mapping[str, tuple[int, int, Callable[[Sequence[Values]], Values]]] = {
    "min": (1, 20, _least),
    "max": (1, 20, _most),
    "round": (1, 2, _rounded),
    "abs": (1, 1, lambda values: np.abs(values[0])),
}


def parse(text: str) -> Expression:
    """The formula. Raises FormulaFault."""
    if len(text) > LONGEST:
        raise FormulaFault("too_long", f"{text[:20]}…")
    reader = _Reader(list(_tokens(text)))
    found = reader.sum()
    if reader.ahead:
        raise FormulaFault("unexpected", reader.ahead)
    return found


def _tokens(text: str) -> Iterator[str]:
    place, end = 0, len(text.rstrip())
    while place < end:
        match = _TOKEN.match(text, place)
        if match is None:
            raise FormulaFault("unexpected", text[place:].strip()[:20])
        yield match[match.lastgroup or 0]
        place = match.end()


class _Reader:
    """Reads tokens by recursive descent."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens, self._depth = [*tokens, ""], 0

    @property
    def ahead(self) -> str:
        return self._tokens[0]

    def _take(self) -> str:
        return self._tokens.pop(0)

    def sum(self) -> Expression:
        return self._chain("+-", self._product)

    def _product(self) -> Expression:
        return self._chain("*/", self._signed)

    def _chain(self, signs: str, part: Callable[[], Expression]) -> Expression:
        found = part()
        while self.ahead and self.ahead in signs:
            found = FormulaOperation(self._take(), (found, part()))
        return found

    def _signed(self) -> Expression:
        if self.ahead != "-":
            return self._operand()
        self._take()
        return FormulaOperation("-", (self._operand(),))

    def _operand(self) -> Expression:
        taken = self._take() if self.ahead else ""
        if taken == "(":
            return self._inside()[0]
        if taken[:1].isdigit():
            return FormulaNumber(float(taken))
        if not taken[:1].isalpha():
            raise FormulaFault("unexpected" if taken else "unfinished", taken)
        if self.ahead != "(":
            return FormulaName(taken)
        self._take()
        return _application(taken, self._inside(several=True))

    def _inside(self, *, several: bool = False) -> tuple[Expression, ...]:
        """What stands between brackets, up to the closing one."""
        self._depth += 1
        if self._depth > DEEPEST:
            raise FormulaFault("too_deep", "(")
        parts = [self.sum()]
        while several and self.ahead == ",":
            self._take()
            parts.append(self.sum())
        if self.ahead != ")":
            raise FormulaFault("unexpected" if self.ahead else "unfinished", self.ahead)
        self._take()
        self._depth -= 1
        return tuple(parts)


def _application(function: str, arguments: tuple[Expression, ...]) -> FormulaCall:
    if function not in FUNCTIONS:
        raise FormulaFault("no_function", function)
    fewest, most, _run = FUNCTIONS[function]
    if not fewest <= len(arguments) <= most:
        raise FormulaFault("arguments", function)
    return FormulaCall(function, arguments)


def names(expression: Expression) -> frozenset[str]:
    """The names that the formula uses."""
    match expression:
        case FormulaName(name):
            return frozenset({name})
        case FormulaOperation(_, parts) | FormulaCall(_, parts):
            return frozenset().union(*map(names, parts))
    return frozenset()


def value(expression: Expression, known: Mapping[str, Values]) -> Values:
    """The formula's value; arrays are combined as numpy does. Raises FormulaFault for an unknown name.

    Dividing by zero gives infinity or NaN, which the caller refuses.
    """
    match expression:
        case FormulaNumber(number):
            return np.asarray(number)
        case FormulaName(name):
            if name not in known:
                raise FormulaFault("unknown", name)
            return known[name]
        case FormulaCall(function, arguments):
            return FUNCTIONS[function][2]([value(each, known) for each in arguments])
        case FormulaOperation(sign, parts):
            return _operated(sign, [value(each, known) for each in parts])


def _operated(sign: str, parts: Sequence[Values]) -> Values:
    if len(parts) == 1:
        return -parts[0]
    left, right = parts
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        match sign:
            case "+":
                return left + right
            case "-":
                return left - right
            case "*":
                return left * right
        return left / right


def as_cell(expression: Expression, place: Callable[[str], str]) -> str:
    """The formula for a spreadsheet, without `=`. `place` gives the cell of a name."""
    match expression:
        case FormulaNumber(number):
            return f"{number:.15g}"
        case FormulaName(name):
            return place(name)
        case FormulaCall(function, arguments):
            cells = [as_cell(each, place) for each in arguments]
            if function == "round" and len(cells) == 1:
                cells.append("0")
            return f"{function.upper()}({','.join(cells)})"
        case FormulaOperation(sign, parts):
            cells = [as_cell(each, place) for each in parts]
            return f"(-{cells[0]})" if len(cells) == 1 else f"({cells[0]}{sign}{cells[1]})"
