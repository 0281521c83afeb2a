"""Channel potential as JSON, with the rights of its page. Read only.

GET /api/potential/?first=2026-01-01&last=2026-03-31&rules=tmf&digital=2   registrations by rules, by unit
GET /api/potential/?week=3&week=5                              counting weeks by rules, by unit
GET /api/potential/?import=3&mark=general&resolved=yes&minutes=4   imported counts by rules, and what they are taken for
GET /api/potential/?week=3&each=yes                            the same with `each`: every kind of row and its rule
GET /api/potential/rules/                                      the rule lists that hold today, with their rules
"""

from __future__ import annotations

import math
from datetime import date, timedelta

from django.http import Http404, HttpRequest, JsonResponse
from django.utils import translation
from django.views.decorators.http import require_GET

from indgang.accounts.gate import person_of, requires
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.analysis import counted_rows, decided_tables, imported_counts, own_rules, registrations, words
from indgang.analysis.count_sources import CountSource, NoTopics
from indgang.analysis.counting import rights
from indgang.analysis.counting.models import CountingWeek
from indgang.analysis.imported_counts import AssumedOfCounts
from indgang.analysis.potential.classifying import classify
from indgang.analysis.potential.decided_rows import decided_rows
from indgang.analysis.potential.listing import as_data
from indgang.analysis.potential.presets import TMF
from indgang.analysis.potential.rules import RuleFault, RuleList, limit_parameter
from indgang.core import clock
from indgang.core.text import whole_number
from indgang.measures.period import Period

#: days of one answer about registrations, and those that are shown until others are chosen
MOST_DAYS, USUAL_DAYS = 1_100, 90


class _Refused(ValueError):
    """What is wrong with the address, for whoever wrote it."""


@require_GET
@requires(Permission.SEE_FIGURES)
def potential(request: HttpRequest) -> JsonResponse:
    """400 for days, rules or limits that make no sense, in words."""
    try:
        first, last = _days(request)
        weeks = _weeks(request)
        rules = _rules(request, max((each.ends_on for each in weeks), default=last))
        source = _source(request, weeks, first, last)
        found = source.potential(rules)
    except _Refused as refused:
        return JsonResponse({"error": str(refused)}, status=400)
    except NoTopics:
        with translation.override("en"):
            return JsonResponse({"error": words.no_topics()}, status=400)
    each = {"each": _each(source, rules)} if request.GET.get("each") == "yes" else {}
    about = {"counted": len(source.enquiries), **source.remarks, "moves": list(source.moves)}
    return JsonResponse(as_data(found) | about | each)


@require_GET
@requires(Permission.SEE_FIGURES)
def rule_lists(request: HttpRequest) -> JsonResponse:
    """The documents' lists and one's own, as they hold today."""
    return JsonResponse({"rules": own_rules.listed(clock.today())})


def _each(source: CountSource, rules: RuleList) -> list[dict[str, str]]:
    """Enquiries that are the same in everything that a rule can ask, with the rule that decided them."""
    decided = decided_rows(classify(rules, source.enquiries), source.rows, source.enquiries)
    heading, *rows = decided_tables.coded(decided)
    return [dict(zip(heading, row, strict=True)) for row in rows]


def _days(request: HttpRequest) -> tuple[date, date]:
    today = clock.today()
    try:
        last = date.fromisoformat(request.GET.get("last") or today.isoformat())
        first = date.fromisoformat(request.GET.get("first") or (last - timedelta(days=USUAL_DAYS - 1)).isoformat())
        Period.days(first, last)
    except (ValueError, OverflowError) as error:
        raise _Refused("first and last are days (2026-03-11)") from error
    if not timedelta() <= last - first < timedelta(days=MOST_DAYS):
        raise _Refused(f"last is not before first, and they have at most {MOST_DAYS} days together")
    return first, last


def _rules(request: HttpRequest, on: date) -> RuleList:
    """The chosen rules, with the limits that the address moves."""
    lists = own_rules.known(on)
    chosen = lists.get(request.GET.get("rules", TMF.code))
    if chosen is None:
        raise _Refused(f"rules is one of {', '.join(lists)}")
    given = {name: request.GET.get(limit_parameter(name)) for name in chosen.limits_by_name}
    try:
        moved = {name: float(typed) for name, typed in given.items() if typed}
        if not all(math.isfinite(each) for each in moved.values()):
            raise ValueError
        return chosen.with_limits(moved)
    except RuleFault as fault:
        with translation.override("en"):
            raise _Refused(words.rule_fault(fault)) from fault
    except ValueError as error:
        raise _Refused("a limit is a number of minutes") from error


def _weeks(request: HttpRequest) -> list[CountingWeek]:
    """The counting weeks that the address names. Raises Http404 for one that the person does not see."""
    wanted = {whole_number(each) or 0 for each in request.GET.getlist("week") if each}
    found = list(rights.seen_by(person_of(request)).filter(pk__in=wanted))
    if len(found) < len(wanted):
        raise Http404
    return found


def _source(request: HttpRequest, weeks: list[CountingWeek], first: date, last: date) -> CountSource:
    """Counting weeks or an import that the person sees, or the registrations of their centres."""
    person, today = person_of(request), clock.today()
    if weeks and "import" in request.GET:
        raise _Refused("choose either week or import")
    if weeks:
        return counted_rows.count(weeks, today=today)
    if "import" in request.GET:
        return _imported(request, person)
    seen, centre = registrations.centres_of(person), request.GET.get("centre", "")
    if centre and seen is not None and centre not in seen:
        raise Http404
    questions = registrations.registered(Period.days(first, last), [centre] if centre else seen)
    try:
        return registrations.source(questions, last=last, today=today)
    except registrations.TooMany as error:
        raise _Refused(f"there are more than {registrations.MOST:,} registrations; choose fewer days") from error


def _imported(request: HttpRequest, person: Person) -> CountSource:
    """Counts of an import that the person sees, with what is assumed of all of them."""
    source = imported_counts.offered_to(person).filter(pk=whole_number(request.GET["import"]) or 0).first()
    if source is None:
        raise Http404
    try:
        given = {name: request.GET.get(name, "") for name in ("mark", "resolved", "minutes")}
        return imported_counts.count(source, AssumedOfCounts.read(**given))
    except imported_counts.TooManyCounted as error:
        raise _Refused(f"there are more than {imported_counts.MOST:,} enquiries in the import") from error
    except ValueError as error:
        raise _Refused("mark is general or case_specific, resolved yes or no, and minutes a number") from error
