"""A case in the layout of the documents: permanent changes, implementation, and the effect in all, in 1,000 kr."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.utils.translation import gettext as _

from indgang.plots.numbers import decimal
from indgang.programme import words
from indgang.programme.cases import findings
from indgang.programme.cases.case import Assumption, BusinessCase, CaseGroup, CaseLine
from indgang.programme.cases.evaluation import ONCE, CaseTable, interval
from indgang.programme.cases.findings import PrintedComparison
from indgang.programme.cases.reading import TOTALS


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A row of the table. `style` is heading, line, subtotal or total; `of` is the code of the line or group, or the
    name of the total. `kind` tells the lines of implementation and of investment apart, which stand together."""

    style: str
    name: str
    area: str = ""
    owner: str = ""
    amounts: tuple[int, ...] = ()
    of: str = ""
    price_year: int | None = None
    kind: str = ""


def heading(case: BusinessCase) -> str:
    """What the amounts are: `1.000 kr., 2021 p/l`."""
    return _("1.000 kr., %(year)s p/l") % {"year": case.shown_year or case.price_year}


def about_level(case: BusinessCase) -> str:
    """What the amounts were moved with; empty where nothing has another price level."""
    levels = {line.price_year for line in case.lines} | {each.price_year for each in case.assumptions}
    levels.add(case.shown_year)
    if levels <= {None, case.price_year}:
        return ""
    source = case.price_index_source or _("kilden er ikke skrevet")
    return _("Andre prisniveauer er regnet om med forslagets prisindeks (%(source)s).") % {"source": source}


def span(table: CaseTable) -> str:
    """The years that the present value counts: `2021–2026`."""
    return f"{table.years[0]}\N{EN DASH}{table.years[-1]}"


def rows(case: BusinessCase, table: CaseTable) -> Iterator[CaseRow]:
    """Each group stands after the last of its lines; one with both kinds of lines before the effect in all."""
    amounts = {line.code: row for line, row in table.lines} | {group.code: row for group, row in table.groups}
    totals = {"permanent": table.permanent, "once": table.once, "net": table.net, "cumulative": table.cumulative}
    for each in order(case):
        if isinstance(each, CaseLine):
            yield CaseRow(
                "line", each.name, words.area_word(each.area), each.owner, _whole(amounts[each.code]), each.code,
                each.price_year, words.kind_word(each.kind) if each.kind in ONCE else "",
            )  # fmt: skip
        elif isinstance(each, CaseGroup):
            yield CaseRow("subtotal", each.name, amounts=_whole(amounts[each.code]), of=each.code)
        elif each in totals:
            yield CaseRow("total", total_name(each), amounts=_whole(totals[each]), of=each)
        else:
            yield CaseRow("heading", each)


def order(case: BusinessCase) -> Iterator[CaseLine | CaseGroup | str]:
    """What stands below each other: lines, groups, names of totals (`permanent` …), and headings."""
    permanent = [each for each in case.lines if each.kind not in ONCE]
    once = [each for each in case.lines if each.kind in ONCE]
    yield _("Varige ændringer")
    yield from _with_groups(case, permanent)
    yield "permanent"
    yield _("Implementering og investering")
    yield from _with_groups(case, once)
    yield "once"
    for group in case.groups:
        if not _all_in(case, group, permanent) and not _all_in(case, group, once):
            yield group
    yield "net"
    yield "cumulative"


def _with_groups(case: BusinessCase, lines: Sequence[CaseLine]) -> Iterator[CaseLine | CaseGroup]:
    own = [each for each in case.groups if _all_in(case, each, lines)]
    last = {group.code: [each.code for each in lines if each.code in case.lines_of(group)][-1] for group in own}
    for line in lines:
        yield line
        yield from (group for group in own if last[group.code] == line.code)


def _all_in(case: BusinessCase, group: CaseGroup, lines: Collection[CaseLine]) -> bool:
    return {*case.lines_of(group)} <= {each.code for each in lines}


def total_name(of: str) -> str:
    return {
        "permanent": _("Varig ændring i alt"), "once": _("Implementering og investering i alt"),
        "net": _("Samlet virkning på økonomien"), "cumulative": _("Samlet virkning indtil nu"),
    }[of]  # fmt: skip


def _whole(amounts: tuple[float, ...]) -> tuple[int, ...]:
    return tuple(round(each) for each in amounts)


def facts(case: BusinessCase, table: CaseTable) -> Iterator[tuple[str, str]]:
    """Name and value of what stands below the table."""
    yield _("Tilbagebetalingstid efter service"), words.payback_words(table.payback_service)
    total = words.payback_words(table.payback)
    if table.paid_back_in is not None:
        total = _("%(years)s, i %(year)s") % {"years": total, "year": table.paid_back_in}
    yield _("Tilbagebetalingstid efter totaløkonomi"), total
    if case.stated_payback is not None:
        yield _("Tilbagebetalingstid i dokumentet"), words.payback_words(case.stated_payback)
    about = {"span": span(table), "discount": decimal(100 * case.discount, 2)}
    yield _("Nutidsværdi for %(span)s ved %(discount)s procent om året") % about, decimal(table.present_value, 0)


# --- what a reader must know ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PrintedRow:
    """A row that the source prints, in words, beside that of the case: its total, or its years from first to last."""

    name: str
    when: str
    printed: str
    computed: str
    source: str
    differs: bool


def printed(case: BusinessCase) -> list[PrintedRow]:
    """Every row that the source prints."""
    rows = groupby(findings.compared(case), key=lambda each: (each.of, each.year is None, each.source))
    return [_printed(case, list(figures)) for _row, figures in rows]


def _printed(case: BusinessCase, figures: Sequence[PrintedComparison]) -> PrintedRow:
    first, last = figures[0], figures[-1]
    between = "" if first.year == last.year else f"\N{EN DASH}{last.year}"
    return PrintedRow(
        name_of(case, first.of), f"{when(first)}{between}", _beside(each.printed for each in figures),
        _beside(each.computed for each in figures), first.source, any(each.differs for each in figures),
    )  # fmt: skip


def _beside(values: Iterable[float]) -> str:
    return " · ".join(decimal(each, 0) for each in values)


def name_of(case: BusinessCase, of: str) -> str:
    """The name of a total, a group or a line."""
    if of in TOTALS:
        return total_name(of)
    names = {line.code: line.name for line in case.lines} | {group.code: group.name for group in case.groups}
    return names[of]


def when(figure: PrintedComparison) -> str:
    return str(figure.year) if figure.year else _("i alt")


def disagreements(case: BusinessCase) -> list[str]:
    """A sentence for each printed figure that the lines do not give."""
    said = _("%(name)s, %(when)s: trykt %(printed)s, men posterne giver %(computed)s (%(source)s).")
    return [
        said % {"name": name_of(case, each.of), "when": when(each), "printed": decimal(each.printed, 0),
                "computed": decimal(each.computed, 0), "source": each.source}
        for each in findings.disagreements(case)
    ]  # fmt: skip


def assumption_name(case: BusinessCase, assumption: Assumption) -> str:
    """With its unit, and the price level that it is typed at when it is not that of the case."""
    if assumption.price_year in (None, case.price_year):
        return assumption.labelled
    return _("%(name)s, %(year)s p/l") % {"name": assumption.labelled, "year": assumption.price_year}


def assumed(case: BusinessCase, table: CaseTable) -> Iterator[tuple[str, str, str, Assumption]]:
    """The name, value and interval of each assumption, at the price level of the case, and named so where that is
    another than it is typed at; a value that does not hold in all years has the years in which it does."""
    for each in case.assumptions:
        ends = interval(case, each)
        said = "–" if ends is None else "\N{EN DASH}".join(decimal(end, 4) for end in ends)
        yield _moved_name(case, each), _by_years(table.years, table.values[each.name]), said, each


def _moved_name(case: BusinessCase, assumption: Assumption) -> str:
    """With the price levels that it is converted from and to, if it is."""
    if assumption.price_year in (None, case.price_year):
        return assumption.labelled
    levels = {"name": assumption.labelled, "typed": assumption.price_year, "own": case.price_year}
    return _("%(name)s, regnet om fra %(typed)s til %(own)s p/l") % levels


def _by_years(years: Sequence[int], values: Sequence[float]) -> str:
    """`5 (2021), 7 (2022–2026)`."""
    told = [decimal(value, 4) if math.isfinite(value) else "–" for value in values]
    runs = [list(run) for _text, run in groupby(zip(years, told, strict=True), key=lambda each: each[1])]
    if len(runs) == 1:
        return told[0]
    spans = (f"{run[0][0]}" if len(run) == 1 else f"{run[0][0]}\N{EN DASH}{run[-1][0]}" for run in runs)
    return ", ".join(f"{run[0][1]} ({said})" for run, said in zip(runs, spans, strict=True))


def remarks(case: BusinessCase, table: CaseTable) -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
    """The text of each remark, with the names, values and sources of its figures."""
    for each in case.remarks:
        yield (
            each.text,
            [
                (name, decimal(value, 0 if abs(value) >= 1000 else 1 if abs(value) >= 100 else 2), source)
                for name, value, source in findings.remark_figures(case, each, table)
            ],
        )


def warnings(case: BusinessCase, table: CaseTable) -> list[str]:
    """A sentence for each assumption whose value is not thought likely, and for each that is less than zero although
    nothing says that it may be."""
    negative = _("%(name)s er %(value)s. Se, om den skal være mindre end 0.")
    said = _("%(name)s er %(value)s. Det er uden for intervallet %(low)s til %(high)s.")
    return [
        said % {"name": each.assumption.labelled, "value": decimal(each.value, 4), "low": decimal(each.low, 4),
                "high": decimal(each.high, 4)}
        for each in findings.outside(case, table)
    ] + [
        negative % {"name": each.labelled, "value": decimal(value, 4)}
        for each, value in findings.below_zero(case, table)
    ]  # fmt: skip
