"""Between the values of a case text and the fields of its form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from indgang.programme.cases.reading import TOTALS

#: left out when there is nothing in them
_NEEDLESS = ("scenarios", "price_index", "price_index_source", "groups", "printed")
#: what stands in the form; the rest of a case stays as it is
_HEAD = ("title", "source", "price_year", "first_year", "years")


def as_typed(base: Mapping[str, Any]) -> dict[str, Any]:
    """The fields above the rows."""
    discount = base.get("discount") or {"share": 0.0}
    index = base.get("price_index") or {}
    return {
        **{name: base.get(name, "") for name in _HEAD}, "code": base.get("code", ""),
        "discount": round(100 * float(discount["share"]), 6), "discount_source": discount.get("source", ""),
        "price_index": "\n".join(f"{year} = {written(value)}" for year, value in index.items()),
        "price_index_source": base.get("price_index_source", ""),
    }  # fmt: skip


def stored_rows(base: Mapping[str, Any], years: int) -> dict[str, list[dict[str, Any]]]:
    """The rows of each group, by the names of their fields."""
    return {
        "assumptions": [_assumption(name, each) for name, each in (base.get("assumptions") or {}).items()],
        "lines": [_line(each, years) for each in base["lines"]],
        "scenarios": [_scenario(each) for each in base.get("scenarios") or []],
    }


def written(value: Any) -> str:
    """A number or a formula as it is typed."""
    if isinstance(value, float):
        short = f"{value:.12g}"
        return f"{value:f}".rstrip("0") if "e" in short else short
    return "" if value is None else str(value)


def _assumption(name: str, each: Mapping[str, Any]) -> dict[str, Any]:
    alone = each if each.get("values") is None else {}
    has_years = alone.get("from") is not None or alone.get("to") is not None
    periods = [alone] if has_years else (each.get("values") or [])
    return {
        "name": name, "label": each.get("label", name), "unit": each.get("unit", ""),
        "value": "" if has_years else written(alone.get("value")), "low": each.get("low"), "high": each.get("high"),
        "source": each.get("source", ""), "interval_source": each.get("interval_source", ""),
        "price_year": each.get("price_year"), "least": each.get("least"), "most": each.get("most"),
        "periods": "\n".join(
            f"{written(one.get('from'))}-{written(one.get('to'))} = {written(one.get('value'))}" for one in periods
        ),
    }  # fmt: skip


def _line(each: Mapping[str, Any], years: int) -> dict[str, Any]:
    whole = each.get("amounts") is not None
    by_year: Sequence[Any] = each["amounts"] if whole else each["shares"]
    return {
        "name": each["name"], "code": each["code"], "kind": each["kind"], "area": each["area"],
        "owner": each.get("owner", ""), "amount": "" if whole else written(each["amount"]),
        "source": each.get("source", ""), "price_year": each.get("price_year"),
        **{f"y{k}": written(by_year[k]) if k < len(by_year) else "" for k in range(years)},
    }  # fmt: skip


def _scenario(each: Mapping[str, Any]) -> dict[str, Any]:
    changes = (f"{name} = {written(value)}" for name, value in each["values"].items())
    return {
        "name": each["name"], "code": each["code"], "parent": each.get("parent", ""), "source": each.get("source", ""),
        "changes": "\n".join(changes),
    }  # fmt: skip


def case_values(
    base: Mapping[str, Any], head: Mapping[str, Any], rows: Mapping[str, Sequence[Mapping[str, Any]]]
) -> dict[str, Any]:
    """The values of the text that the form describes: what was there, with what is typed in its place."""
    years = int(head["years"])
    typed = {
        "code": head.get("code") or base["code"], **{name: head[name] for name in _HEAD},
        "discount": {"share": round(head["discount"] / 100, 8), "source": head["discount_source"]},
        "assumptions": {str(each["name"]): dict(_assumption_values(each)) for each in rows["assumptions"]},
        "lines": [dict(_line_values(each, years)) for each in rows["lines"]],
        "scenarios": [dict(_scenario_values(each)) for each in rows["scenarios"]],
        "price_index": head["price_index"], "price_index_source": head["price_index_source"],
    }  # fmt: skip
    untyped = {name: value for name, value in base.items() if name not in typed}
    found = {**typed, **_about_lines(untyped, [str(each["code"]) for each in rows["lines"]])}
    return {name: value for name, value in found.items() if value or name not in _NEEDLESS}


def _about_lines(untyped: Mapping[str, Any], lines: Sequence[str]) -> dict[str, Any]:
    """Subtotals and printed figures without the lines that were removed."""
    known, groups = [*TOTALS, *lines], []
    for each in untyped.get("groups") or ():
        left = [code for code in each["lines"] if code in known]
        if left:
            groups.append({**each, "lines": left})
            known.append(each["code"])
    printed = [each for each in untyped.get("printed") or () if each["of"] in known]
    return {**untyped, "groups": groups, "printed": printed}


def _assumption_values(each: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    yield "label", each["label"]
    for name in ("unit", "interval_source", "price_year", "low", "high", "least", "most"):
        if each[name] not in ("", None):
            yield name, each[name]
    if each["periods"]:
        yield (
            "values",
            [
                {"value": value, **({"from": first} if first else {}), **({"to": last} if last else {})}
                for first, last, value in each["periods"]
            ],
        )
    else:
        yield "value", each["value"]
    yield "source", each["source"]


def _line_values(each: Mapping[str, Any], years: int) -> Iterator[tuple[str, Any]]:
    """Empty years at the end are left out: a permanent line goes on, another one ends."""
    for name in ("code", "name", "kind", "area"):
        yield name, str(each[name])
    yield "owner", each["owner"] or ""
    by_year = [each[f"y{k}"] for k in range(years)]
    while by_year and by_year[-1] == "":
        by_year.pop()
    filled = [0 if value == "" else value for value in by_year]
    if each["amount"] == "":
        yield "amounts", filled
    else:
        yield "amount", each["amount"]
        yield "shares", filled
    for name in ("source", "price_year"):
        if each[name]:
            yield name, each[name]


def _scenario_values(each: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    yield "code", each["code"]
    yield "name", each["name"]
    for name in ("parent", "source"):
        if each[name]:
            yield name, each[name]
    yield "values", each["changes"]
