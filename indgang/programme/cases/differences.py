"""What differs between two versions of a case, by the values of their texts. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

#: fields of a case that are not lists of things
_ALONE = (
    "title", "source", "price_year", "first_year", "years", "discount", "price_index", "price_index_source",
    "rounding",
)  # fmt: skip
#: lists of things, and what names each in them
_LISTS = {"lines": "code", "groups": "code", "scenarios": "code", "remarks": "code"}


@dataclass(frozen=True, slots=True)
class CaseDifference:
    """A field that is not the same. `group` is `case` or the name of a list; `code` and `name` are those of the thing
    in it. `before` or `after` is None where the thing or the field was not there."""

    group: str
    code: str
    name: str
    field: str
    before: Any
    after: Any

    @property
    def is_whole(self) -> bool:
        """Whether the thing as a whole came or went."""
        return not self.field


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[CaseDifference]:
    """Every difference, in the order of the later version; what went comes last in its list."""
    for field in _ALONE:
        if before.get(field) != after.get(field):
            yield CaseDifference("case", "", "", field, before.get(field), after.get(field))
    yield from _between("assumptions", before.get("assumptions", {}), after.get("assumptions", {}), "label")
    for group, key in _LISTS.items():
        first, second = (
            {str(each.get(key)): each for each in (version.get(group) or [])} for version in (before, after)
        )
        yield from _between(group, first, second, "name")


def _between(
    group: str, before: Mapping[str, Mapping[str, Any]], after: Mapping[str, Mapping[str, Any]], named: str
) -> Iterator[CaseDifference]:  # fmt: skip
    for code in [*after, *(each for each in before if each not in after)]:
        old, new = before.get(code), after.get(code)
        name = str((new or old or {}).get(named, code))
        if old is None or new is None:
            yield CaseDifference(group, code, name, "", None if old is None else name, None if new is None else name)
            continue
        for field in dict.fromkeys([*new, *old]):
            if old.get(field) != new.get(field):
                yield CaseDifference(group, code, name, field, old.get(field), new.get(field))
