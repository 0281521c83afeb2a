"""Reads a case from plain values (those of a YAML or JSON file), with a clear fault for what is wrong. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Self

from indgang.programme.cases import expressions, findings
from indgang.programme.cases.case import (
    MOST_ASSUMPTIONS,
    MOST_GROUPS,
    MOST_LINES,
    MOST_SCENARIOS,
    MOST_YEARS,
    AssumedValue,
    Assumption,
    BusinessCase,
    CaseFault,
    CaseGroup,
    CaseLine,
    CaseLineKind,
    CaseScenario,
    ControlArea,
    PrintedFigure,
    Remark,
)
from indgang.programme.cases.evaluation import table
from indgang.programme.cases.expressions import FUNCTIONS, Expression, FormulaFault, FormulaNumber, FormulaOperation

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_OF_CASE = """code title source price_year first_year years discount stated_payback assumptions lines scenarios remarks
    printed price_index price_index_source rounding groups"""
_OF_ASSUMPTION = "label unit source value from to values low high interval_source price_year least most"
#: what a printed figure can be of, besides a line and a group
TOTALS = ("permanent", "once", "net")


def case_of(given: Mapping[str, Any]) -> BusinessCase:
    """The case. Raises CaseFault, with the place in the file in `where`."""
    read = _Fields(given, "").only(_OF_CASE)
    first, count = read.whole("first_year", 1900, 2200), read.whole("years", 1, MOST_YEARS)
    years = tuple(range(first, first + count))
    discount = _Fields(read.mapping("discount", {"share": 0.0, "source": ""}), "discount").only("share source")
    case = BusinessCase(
        code=read.code("code"), title=read.text("title"), source=read.text("source", ""),
        price_year=read.whole("price_year", 1900, 2200), first_year=first, years=years,
        discount=discount.number("share", -0.5, 1.0), discount_source=discount.text("source", ""),
        assumptions=tuple(_assumptions(read)), lines=tuple(_lines(read, count)),
        scenarios=tuple(_scenarios(read)), remarks=tuple(_remarks(read)), printed=tuple(_printed(read, years)),
        stated_payback=read.whole("stated_payback", 0, 200) if "stated_payback" in given else None,
        groups=tuple(_groups(read)), price_index=_index(read),
        price_index_source=read.text("price_index_source", ""), rounding=read.number("rounding", 0.001, 1000, 1.0),
    )  # fmt: skip
    _check(case)
    return case


class _Fields:
    """The fields of one mapping; every fault says where it is."""

    def __init__(self, given: Any, where: str) -> None:
        if not isinstance(given, Mapping):
            raise CaseFault("mapping", where=where or "–")
        self._given, self.where = given, where

    def only(self, names: str) -> Self:
        """Refuse fields that nothing would read: a comma in a number makes one."""
        other = next((str(each) for each in self._given if each not in names.split()), None)
        if other is not None:
            raise CaseFault("no_field", where=self.where or "–", name=other[:40])
        return self

    def at(self, name: str) -> str:
        return f"{self.where}.{name}" if self.where else name

    def get(self, name: str, default: Any = ...) -> Any:
        found = self._given.get(name, default)
        if found is ...:
            raise CaseFault("missing", where=self.at(name))
        return found

    def text(self, name: str, default: Any = ...) -> str:
        found = self.get(name, default)
        if not isinstance(found, str) or len(found) > 2_000 or (default is ... and not found.strip()):
            raise CaseFault("text", where=self.at(name))
        return found.strip()

    def code(self, name: str, pattern: re.Pattern[str] = _CODE) -> str:
        found = self.text(name)
        if not pattern.fullmatch(found):
            raise CaseFault("code", where=self.at(name), value=found[:40])
        return found

    def number(self, name: str, least: float, most: float, default: Any = ...) -> float:
        found = _finite(self.get(name, default), self.at(name))
        if not least <= found <= most:
            raise CaseFault("range", where=self.at(name), least=f"{least:g}", most=f"{most:g}")
        return found

    def whole(self, name: str, least: int, most: int) -> int:
        found = self.number(name, least, most)
        if found != int(found):
            raise CaseFault("number", where=self.at(name))
        return int(found)

    def number_or_none(self, name: str) -> float | None:
        return self.number(name, -1e12, 1e12) if self.get(name, None) is not None else None

    def year_or_none(self, name: str) -> int | None:
        return self.whole(name, 1900, 2200) if self.get(name, None) is not None else None

    def mapping(self, name: str, default: Any = ...) -> Any:
        found = self.get(name, default)
        if not isinstance(found, Mapping):
            raise CaseFault("mapping", where=self.at(name))
        return found

    def items(self, name: str, most: int) -> Iterator[_Fields]:
        """The mappings of a list."""
        for index, each in enumerate(self.sequence(name, most, ())):
            yield _Fields(each, f"{self.at(name)}[{index + 1}]")

    def sequence(self, name: str, most: int, default: Any = ...) -> Sequence[Any]:
        found = self.get(name, default)
        if not isinstance(found, list | tuple):
            raise CaseFault("list", where=self.at(name))
        if len(found) > most:
            raise CaseFault("too_many", where=self.at(name), most=most)
        return found

    def formula(self, name: str) -> Expression:
        return formula(self.get(name), self.at(name))

    def choice(self, name: str, among: Sequence[str]) -> str:
        found = self.text(name)
        if found not in among:
            raise CaseFault("choice", where=self.at(name), known=", ".join(among))
        return found


def _finite(given: Any, where: str) -> float:
    """A number that a computer counts with. Raises CaseFault."""
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise CaseFault("number", where=where)
    try:
        found = float(given)
    except OverflowError as error:
        raise CaseFault("number", where=where) from error
    if not math.isfinite(found):
        raise CaseFault("number", where=where)
    return found


def formula(given: Any, where: str) -> Expression:
    """A number, or the text of a formula. Raises CaseFault."""
    if isinstance(given, int | float) and not isinstance(given, bool):
        number = _finite(given, where)
        return FormulaNumber(number) if number >= 0 else FormulaOperation("-", (FormulaNumber(-number),))
    if not isinstance(given, str):
        raise CaseFault("formula", where=where, code="unexpected", about=str(given)[:40])
    try:
        return expressions.parse(given)
    except FormulaFault as fault:
        raise CaseFault("formula", where=where, code=fault.code, about=fault.about) from fault


def _assumptions(read: _Fields) -> Iterator[Assumption]:
    for name, given in read.mapping("assumptions", {}).items():
        if not isinstance(name, str) or not _NAME.fullmatch(name) or name == "year" or name in FUNCTIONS:
            raise CaseFault("code", where="assumptions", value=str(name)[:40])
        each = _Fields(given, f"assumptions.{name}").only(_OF_ASSUMPTION)
        low, high = each.number_or_none("low"), each.number_or_none("high")
        if (low is None) != (high is None) or (low is not None and high is not None and low > high):
            raise CaseFault("interval", where=each.where)
        yield Assumption(
            name, each.text("label", name), each.text("unit", ""), each.text("source"), tuple(_values(each)),
            low, high, each.text("interval_source", ""), each.year_or_none("price_year"),
            each.number_or_none("least"), each.number_or_none("most"),
        )  # fmt: skip


def _values(read: _Fields) -> Iterator[AssumedValue]:
    """One value for all years, or several with the years in which they hold."""
    if read.get("values", None) is None:
        yield _value(read)
    for each in read.items("values", MOST_YEARS):
        yield _value(each.only("value from to"))


def _value(read: _Fields) -> AssumedValue:
    return AssumedValue(read.formula("value"), read.year_or_none("from"), read.year_or_none("to"))


def _lines(read: _Fields, years: int) -> Iterator[CaseLine]:
    for each in read.items("lines", MOST_LINES):
        each.only("code name kind area owner amount shares amounts source price_year")
        kind = CaseLineKind(each.choice("kind", list(CaseLineKind)))
        yield CaseLine(
            each.code("code"), each.text("name"), kind, ControlArea(each.choice("area", list(ControlArea))),
            each.text("owner", ""), _amounts(each, years, kind), each.text("source", ""),
            each.year_or_none("price_year"),
        )  # fmt: skip


def _amounts(read: _Fields, years: int, kind: CaseLineKind) -> tuple[Expression, ...]:
    """A formula for each year: an amount times the share of each year, or an amount for each. A permanent line goes on
    with its last one; the others are zero after it."""
    if read.get("amounts", None) is not None:
        given = [formula(each, f"{read.at('amounts')}[{k}]") for k, each in enumerate(_listed(read, "amounts"), 1)]
    else:
        amount = read.formula("amount")
        shares = [formula(each, f"{read.at('shares')}[{k}]") for k, each in enumerate(_listed(read, "shares"), 1)]
        given = [_times(amount, share) for share in shares]
    if len(given) > years:
        raise CaseFault("too_many", where=read.where, most=years)
    rest = given[-1] if kind is CaseLineKind.PERMANENT else FormulaNumber(0.0)
    return (*given, *[rest] * (years - len(given)))


def _listed(read: _Fields, name: str) -> Sequence[Any]:
    found = read.sequence(name, MOST_YEARS)
    if not found:
        raise CaseFault("missing", where=read.at(name))
    return found


def _times(amount: Expression, share: Expression) -> Expression:
    match share:
        case FormulaNumber(0):
            return share
        case FormulaNumber(1):
            return amount
    return FormulaOperation("*", (amount, share))


def _scenarios(read: _Fields) -> Iterator[CaseScenario]:
    for each in read.items("scenarios", MOST_SCENARIOS):
        each.only("code name parent values source")
        values = {
            str(name): formula(given, f"{each.at('values')}.{name}") for name, given in each.mapping("values").items()
        }
        yield CaseScenario(
            each.code("code"), each.text("name"), each.text("parent", ""), values, each.text("source", "")
        )


def _groups(read: _Fields) -> Iterator[CaseGroup]:
    for each in read.items("groups", MOST_GROUPS):
        each.only("code name lines source")
        lines = each.sequence("lines", MOST_LINES)
        if not lines or not all(isinstance(code, str) for code in lines):
            raise CaseFault("list", where=each.at("lines"))
        yield CaseGroup(each.code("code"), each.text("name"), tuple(lines), each.text("source", ""))


def _remarks(read: _Fields) -> Iterator[Remark]:
    for each in read.items("remarks", 100):
        each.only("code text figures")
        figures = tuple(
            (figure.only("name value source").text("name"), figure.formula("value"), figure.text("source", ""))
            for figure in each.items("figures", 20)
        )
        yield Remark(each.code("code"), each.text("text"), figures)


def _printed(read: _Fields, years: Sequence[int]) -> Iterator[PrintedFigure]:
    """What the source prints: by line, group or total, a total of all years or an amount for each that it prints."""
    for each in read.items("printed", 500):
        each.only("of amounts total source rounded_to")
        of, source = each.text("of"), each.text("source", "")
        step = each.number("rounded_to", 0.001, 1e6, 1.0)
        if each.get("total", None) is not None:
            yield PrintedFigure(of, None, each.number("total", -1e12, 1e12), source, step)
        for year, value in zip(years, each.sequence("amounts", len(years), ()), strict=False):
            if value is not None:
                yield PrintedFigure(of, year, _finite(value, each.at("amounts")), source, step)


def _index(read: _Fields) -> dict[int, float]:
    found = {}
    for year, value in read.mapping("price_index", {}).items():
        where = f"price_index.{str(year)[:40]}"
        number = _finite(value, where)
        if not isinstance(year, int) or number <= 0:
            raise CaseFault("number", where=where)
        found[year] = number
    return found


def _check(case: BusinessCase) -> None:
    """What only shows when everything is read."""
    if not case.lines:
        raise CaseFault("missing", where="lines")
    if len(case.assumptions) > MOST_ASSUMPTIONS:
        raise CaseFault("too_many", where="assumptions", most=MOST_ASSUMPTIONS)
    named = {"lines": [each.code for each in case.lines], "scenarios": [each.code for each in case.scenarios]}
    for where, codes in named.items():
        twice = next((code for code in codes if codes.count(code) > 1), None)
        if twice:
            raise CaseFault("twice", where=where, value=twice)
    for each in case.assumptions:
        _check_assumption(each)
    _check_groups(case)
    _check_levels(case)
    _check_computing(case)
    printable = {*TOTALS, *(line.code for line in case.lines), *(group.code for group in case.groups)}
    for figure in case.printed:
        if figure.of not in printable:
            raise CaseFault("choice", where="printed.of", known=", ".join(sorted(printable)))
    _check_remarks(case)


def _check_groups(case: BusinessCase) -> None:
    """Each consists of lines and of groups before it, and has no line twice."""
    known = [*TOTALS, *(line.code for line in case.lines)]
    for group in case.groups:
        where = f"groups.{group.code}"
        if group.code in known:
            raise CaseFault("twice", where="groups", value=group.code)
        if not {*group.lines} <= {*known} - {*TOTALS}:
            raise CaseFault("choice", where=where, known=", ".join(known[len(TOTALS) :]))
        lines = case.lines_of(group)
        twice = next((code for code in lines if lines.count(code) > 1), None)
        if twice:
            raise CaseFault("twice", where=where, value=twice)
        known.append(group.code)


def _check_levels(case: BusinessCase) -> None:
    """An amount is in kroner of one year: that of its line, or that of what it is computed from."""
    levelled = {each.name: each.label for each in case.assumptions if each.price_year is not None}
    for line in case.lines:
        if line.price_year in (None, case.price_year):
            continue
        used = frozenset().union(*(case.names_used(each) for each in line.amounts))
        name = next((each for each in levelled if each in used), None)
        if name is not None:
            raise CaseFault("two_price_levels", line=line.code, label=levelled[name], year=line.price_year)


def _check_computing(case: BusinessCase) -> None:
    """It can be computed, also with each scenario; a fault says with which."""
    table(case)
    for each in case.scenarios:
        try:
            table(case, each.code)
        except CaseFault as fault:
            raise CaseFault(fault.code, **{"scenario": each.code} | fault.about) from fault


def _check_remarks(case: BusinessCase) -> None:
    """Their figures can be computed."""
    for each in case.remarks:
        where = f"remarks.{each.code}"
        try:
            figures = list(findings.remark_figures(case, each))
        except FormulaFault as fault:
            raise CaseFault("formula", where=where, code=fault.code, about=fault.about) from fault
        if not all(math.isfinite(value) for _name, value, _source in figures):
            raise CaseFault("number", where=where)


def _check_assumption(each: Assumption) -> None:
    for index, value in enumerate(each.values):
        first, last = value.first_year or -math.inf, value.last_year or math.inf
        if first > last:
            raise CaseFault("interval", where=f"assumptions.{each.name}")
        for other in each.values[:index]:
            if first <= (other.last_year or math.inf) and (other.first_year or -math.inf) <= last:
                raise CaseFault("overlap", name=each.name)
    least, most = (-math.inf if each.least is None else each.least), (math.inf if each.most is None else each.most)
    if least > most or (each.interval is not None and not least <= each.interval[0] <= each.interval[1] <= most):
        raise CaseFault("beyond", name=each.name, label=each.label)
    if each.interval is not None:
        alone = each.values[0].formula if len(each.values) == 1 else None
        if alone is None:
            raise CaseFault("interval_of_several", name=each.name)
        if isinstance(alone, FormulaNumber) and not each.interval[0] <= alone.value <= each.interval[1]:
            raise CaseFault("outside", name=each.name)
