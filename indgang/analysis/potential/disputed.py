"""Where the documents' text and tables, or two of their tables, say different things. Pure.

Each reading is a check of its own: what is stated, and what that reading gives. Codes (X-12 …) are those of the list
of contradictions in the requirements.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from indgang.analysis.counting.scaling import rounded
from indgang.analysis.potential.results import UnitPotential

#: code, what is compared, stated, computed, source, and how far apart they may be
Reading = tuple[str, str, float, float, str, float]


def readings(
    by_name: Mapping[str, UnitPotential], counts: Mapping[str, Sequence[Mapping[str, str]]]
) -> Iterator[Reading]:
    """`by_name`: the rows of both tables without their misprints; `counts`: the rows of the counted tables."""
    yield from _volumes(by_name)
    yield from _units(by_name)
    yield from _centres(by_name)
    yield from _phones(counts["building_permits"], by_name["Center for Bygninger"])
    yield from _soil(counts["soil_notifications"])
    yield from _event_permits(counts["event_permits"])
    yield from _refund(counts["sickness_refund"], by_name["Refusion og sygedagpenge"])


def _volumes(by_name: Mapping[str, UnitPotential]) -> Iterator[Reading]:
    tmf, bif, other = by_name["TMF i alt"], by_name["BIF i alt"], by_name["Øvrige i alt"]
    keh, everything = by_name["TMF øvrige (KEH)"], by_name["Henvendelser i alt"]
    deducted = keh.total + bif.digital
    source = "001:648"
    yield "X-12 volume", "through KEH today, about", 26_500, bif.first_level + keh.total + other.total, source, 50
    yield "X-12 without other", "TMF in KEH and digital of BIF, deducted", 6_500, deducted, source, 0
    yield "X-12 with other", "the same with the digital part of the others", 6_500, deducted + other.digital, source, 0
    yield (
        "X-12 twice",
        "the same with the digital part of TMF in KEH, counted twice",
        6_500,
        deducted + keh.digital,
        source,
        0,
    )
    with_other = _percent(
        tmf.digital + tmf.contact_centre + other.digital + other.contact_centre, tmf.total + other.total
    )
    yield "X-05 tmf with other", "digital or contact centre, of TMF and the others", 55, with_other, "001:3376", 0.5
    yield "bif via keh", "through KEH, of BIF, about", 85, _percent(bif.first_level, bif.total), "001:562", 2
    yield (
        "all resolved at once",
        "resolved at once, of all",
        19,
        _percent(everything.main_entry, everything.total),
        "001:586",
        0.5,
    )


def _centres(by_name: Mapping[str, UnitPotential]) -> Iterator[Reading]:
    """What is left for the two contact centres (R-294), and the smaller of the two digital volumes (X-09)."""
    tmf, bif, other = by_name["TMF i alt"], by_name["BIF i alt"], by_name["Øvrige i alt"]
    keh, everything = by_name["TMF øvrige (KEH)"], by_name["Henvendelser i alt"]
    in_tmf = tmf.total + other.total - tmf.digital - other.digital
    about = "contact centre of TMF: TMF and the others without digital, about"
    yield "R-294 tmf", about, 200_000, in_tmf, "001:635-637", 2_000
    in_bif = bif.first_level + keh.total + other.total - 6_500
    yield "R-294 bif", "contact centre of BIF: KEH without the deduction, about", 20_000, in_bif, "001:645-648", 100
    yield "X-09 digital", "digital in all, the smaller of two", 22_000, everything.digital, "001:656", 100


def _units(by_name: Mapping[str, UnitPotential]) -> Iterator[Reading]:
    cby, tmf, everything = (by_name[name] for name in ("Center for Bygninger", "TMF i alt", "Henvendelser i alt"))
    for name, source in (("TMF øvrige (KEH)", "001:3404; 001:1534"), ("Rekruttering", "001:3404; 001:1537")):
        row = by_name[name]
        about = f"{name}: what KEH hands on stays with case workers"
        yield f"X-16 {name}", about, row.case_workers, row.future_case_workers, source, 0
    fewer = "Center for Bygninger: a centre relieves the case workers"
    yield "X-17 cby", fewer, cby.case_workers, cby.future_case_workers, "001:1533; 000:24; 001:3246", 0
    refund = by_name["Refusion og sygedagpenge"]
    yield (
        "X-21 refund", "refund: resolved at once, of the first level", 71,
        _percent(refund.main_entry, refund.first_level), "001:1294; 001:1538", 0.5,
    )  # fmt: skip
    for code, about, whole in (
        ("first level", "Center for Bygninger, of TMF's first level", tmf.first_level),
        ("tmf", "Center for Bygninger, of TMF", tmf.total), ("all", "Center for Bygninger, of all", everything.total),
    ):  # fmt: skip
        yield f"X-22 {code}", about, 75, _percent(cby.total, whole), "001:2334; 001:1289", 2


def _phones(rows: Sequence[Mapping[str, str]], cby: UnitPotential) -> Iterator[Reading]:
    """The two telephones of Center for Bygninger: calls, their shares weighted by them, and both in its first level."""
    both = 0.0
    for name, code, stated, about, source in (
        ("5200", "5200", 50, 10_000, "001:4088"), ("dialogue team", "dialogteam", 70, 7_500, "001:4095"),
    ):  # fmt: skip
        calls = [float(row[f"calls_{code}_per_year"]) for row in rows]
        both += sum(calls)
        yield f"X-23 {code} calls", f"{name}: calls, about", about, sum(calls), f"{source}; 001:4104-4115", 150
        at_once = [float(row[f"immediate_{code}_pct"] or 0) for row in rows]
        found = sum(number * share for number, share in zip(calls, at_once, strict=True)) / sum(calls)
        yield f"X-23 {code}", f"{name}: resolved at once, about", stated, round(found, 2), f"{source}; 001:4104-4115", 5
    together = "Center for Bygninger: its first level = both telephones"
    yield "X-23 both", together, cby.first_level, both, "001:1289; 001:4104-4115", 0


def _soil(rows: Sequence[Mapping[str, str]]) -> Iterator[Reading]:
    *parts, printed = rows
    phone, mail = float(printed["phone_per_year"]), float(printed["mail_per_year"])
    yield "soil mails", "soil notifications: mails, about", 8_600, mail, "001:4510", 50
    case = sum(_both(row) for row in parts if row["cross_cutting_category"] == "Bidrag til igangværende sag")
    yield (
        "X-37 written",
        "soil notifications: written, of all",
        90,
        _percent(mail, phone + mail),
        "001:4472; 001:4527",
        0.5,
    )
    yield (
        "X-37 unsuited", "soil notifications: contributions to a case, of all", 90, _percent(case, phone + mail),
        "001:1696; 001:4522-4524", 0.5,
    )  # fmt: skip
    yield from _sums("soil", parts, printed, ("phone_per_year", "mail_per_year"), "001:4521-4527")


def _event_permits(rows: Sequence[Mapping[str, str]]) -> Iterator[Reading]:
    *parts, printed = rows
    first, second = (float(printed[f"{level}_level_per_year"]) for level in ("first", "second"))
    about = "events: 3,000 calls and 1,500 mails on the first level"
    yield "events first level", about, 4_500, first, "001:4322-4323", 50
    yield "events second level", "events: on the second level, about", 6_000, second, "001:4328", 150
    resolved = sum(_number(row["first_level_per_year"]) * _number(row["first_level_immediate_pct"]) for row in parts)
    stated = round((3_000 * 36 + 1_500 * 29) / 4_500, 2)
    about = "events: resolved at once on the first level, 36 percent of calls and 29 of mails"
    yield "events at once", about, stated, round(resolved / first, 2), "001:4322-4323; 001:4338-4344", 0.5
    yield from _sums("events", parts, printed, ("first_level_per_year", "second_level_per_year"), "001:4338-4345")


def _refund(rows: Sequence[Mapping[str, str]], refund: UnitPotential) -> Iterator[Reading]:
    """Table 10-F: each topic, and two readings of what leaves the case workers (X-19, X-20). `digital` is that of the
    rule that 10-B fits, scaled to the printed total and rounded as in 10-B."""
    *parts, printed = rows
    for row in parts:
        both = float(row["under_4_min"]) + float(row["over_4_min"])
        about = f"{row['topic']}: below and from 4 minutes = all"
        yield f"topic {row['topic']}", about, float(row["per_year"]), both, row["source"], 0
    general = [float(row["under_4_min"]) for row in parts if row["is_case_processing (001:3410-3411)"] == "no"]
    scale = float(printed["per_year"]) / sum(float(row["per_year"]) for row in parts)
    digital = rounded(sum(general) * scale)
    leaving = refund.case_workers - refund.future_case_workers
    about = "refund: what leaves the case workers = NemRefusion below 4 minutes, not scaled"
    yield "X-19 nemrefusion", about, leaving, general[-1], "001:4723; 001:1538", 0
    about = "refund: contact centre = resolved in KEH today without its digital part, so the rest stays in YDS"
    left = refund.main_entry - (refund.digital - digital)
    yield "X-20 centre", about, refund.contact_centre, left, "001:3421; 001:4770-4776; 001:1538", 0


def _sums(
    code: str, parts: Sequence[Mapping[str, str]], printed: Mapping[str, str], columns: Sequence[str], source: str
) -> Iterator[Reading]:
    for column in columns:
        found = sum(_number(row[column]) for row in parts)
        yield f"{code} {column}", "printed total = sum of its rows", float(printed[column]), found, source, 0


def _both(row: Mapping[str, str]) -> float:
    return _number(row["phone_per_year"]) + _number(row["mail_per_year"])


def _number(text: str) -> float:
    return float(text) if text else 0.0


def _percent(part: float, whole: float) -> float:
    return round(100 * part / whole, 2)
