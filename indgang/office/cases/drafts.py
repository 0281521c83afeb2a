"""What a draft of a case comes to: net, payback and present value, for each branch of its scenarios."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from indgang.office.cases.draft_form import CaseForm
from indgang.programme import layout, words
from indgang.programme.cases import evaluation
from indgang.programme.cases.case import BusinessCase, CaseScenario
from indgang.programme.cases.evaluation import CaseTable

#: fields of a form; more would make a page that no browser shows well
_MOST_FIELDS = 3_000


@dataclass(frozen=True, slots=True)
class DraftBranch:
    """A branch of the scenarios: how deep it stands, and what it comes to. The first has no name and no changes."""

    name: str
    depth: int
    table: CaseTable

    @property
    def indent(self) -> str:
        return "– " * max(self.depth - 1, 0)

    @property
    def payback(self) -> str:
        return words.payback_words(self.table.payback)

    @property
    def present_value(self) -> int:
        return round(self.table.present_value)

    @property
    def span(self) -> str:
        """The years that the present value counts."""
        return layout.span(self.table)


@dataclass(frozen=True, slots=True)
class CaseDraft:
    branches: tuple[DraftBranch, ...]

    @property
    def span(self) -> str:
        return self.branches[0].span

    @property
    def by_year(self) -> list[tuple[int, int, int]]:
        """Each year with its net and the cumulative net, without changes."""
        table = self.branches[0].table
        return [
            (year, round(net), round(until))
            for year, net, until in zip(table.years, table.net, table.cumulative, strict=True)
        ]


def draft_of(case: BusinessCase) -> CaseDraft:
    """The case without changes, and each scenario after the one that it builds on."""
    branches = [("", "", 0), *((each.code, each.name, depth) for each, depth in _tree(case))]
    return CaseDraft(tuple(DraftBranch(name, depth, evaluation.table(case, code)) for code, name, depth in branches))


def _tree(case: BusinessCase, parent: str = "", depth: int = 1) -> Iterator[tuple[CaseScenario, int]]:
    for each in case.scenarios:
        if each.parent == parent:
            yield each, depth
            yield from _tree(case, each.code, depth + 1)


def is_too_large(case: BusinessCase) -> bool:
    """Whether a form of the case has more fields than a page should."""
    return len(case.assumptions) * 12 + len(case.lines) * (8 + len(case.years)) > _MOST_FIELDS


def faults(form: CaseForm) -> Iterator[tuple[str, str, str]]:
    """Each fault with the id and the name of its field, for a list beside the form."""
    for name, texts in form.errors.items() if form.is_bound else ():
        if name in form.fields and name != "reason":
            yield form[name].id_for_label, form.place(name), str(texts[0])
