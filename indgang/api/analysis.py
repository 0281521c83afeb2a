"""Counting weeks, channel potential and segments as JSON, with the rights of their pages. Read only.

GET /api/counting-weeks/                                       the weeks that the person sees
GET /api/counting-weeks/3/                                     one week, counted and in a year
GET /api/potential/?first=2026-01-01&last=2026-03-31&rules=tmf&digital=2   registrations by rules, by unit
GET /api/potential/?week=3                                     a counting week by rules
GET /api/potential/?import=3&mark=general&resolved=yes&minutes=4   imported counts by rules, and what they are taken for
GET /api/segments/                                             the services with indicators, segment and proposals
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, timedelta

from django.http import Http404, HttpRequest, JsonResponse
from django.utils import translation
from django.views.decorators.http import require_GET

from indgang.accounts.gate import person_of, requires
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.analysis import counted_rows, imported_counts, own_rules, registrations, segment_listing, words
from indgang.analysis.counting import listing, rights
from indgang.analysis.counting.models import CountingWeek
from indgang.analysis.imported_counts import AssumedOfCounts, ImportedCount
from indgang.analysis.potential.classifying import EnquiryColumns, classify
from indgang.analysis.potential.listing import as_data
from indgang.analysis.potential.presets import PRESETS, TMF
from indgang.analysis.potential.results import CountedRows, Potential
from indgang.analysis.potential.rules import MOST_MINUTES, CountMark, RuleFault, RuleList
from indgang.core import clock
from indgang.core.text import whole_number
from indgang.feedback.studies import rights as study_rights
from indgang.measures.period import Period

#: days of one answer about registrations, and those that are shown until others are chosen
MOST_DAYS, USUAL_DAYS = 1_100, 90


class _Refused(ValueError):
    """What is wrong with the address, for whoever wrote it."""


# --- counting weeks ---------------------------------------------------------------------------------


@require_GET
@requires(*rights.READERS)
def counting_weeks(request: HttpRequest) -> JsonResponse:
    """The counting weeks that the person sees."""
    return JsonResponse({"counting_weeks": listing.of_weeks(list(rights.seen_by(person_of(request))))})


@require_GET
@requires(*rights.READERS)
def counting_week(request: HttpRequest, pk: int) -> JsonResponse:
    """One week with what was counted and what it is in a year."""
    return JsonResponse(listing.of_week(_week_for(person_of(request), pk), today=clock.today()))


def _week_for(person: Person, pk: int) -> CountingWeek:
    found: CountingWeek | None = rights.seen_by(person).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


# --- potential --------------------------------------------------------------------------------------


@require_GET
@requires(Permission.SEE_FIGURES)
def potential(request: HttpRequest) -> JsonResponse:
    """400 for days, rules or limits that make no sense, in words."""
    try:
        first, last = _days(request)
        rules = _rules(request, _week_of(request).ends_on if "week" in request.GET else last)
        if "topic" in rules.uses:
            raise _Refused(f"{rules.code} needs the topic of each enquiry, and only a file has it (indgang potential)")
        rows, enquiries, days_a_year, remarks = _counted(request, first, last)
    except _Refused as refused:
        return JsonResponse({"error": str(refused)}, status=400)
    found = Potential(classify(rules, enquiries), rows, factor=days_a_year / rows.days)
    return JsonResponse({**as_data(found), "counted": len(enquiries), **remarks})


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
    lists = dict(PRESETS) | {each.code: each for each in own_rules.in_force(on)}
    chosen = lists.get(request.GET.get("rules", TMF.code))
    if chosen is None:
        raise _Refused(f"rules is one of {', '.join(lists)}")
    try:
        moved = {name: float(request.GET[name]) for name in chosen.limits_by_name if request.GET.get(name)}
        if not all(math.isfinite(each) for each in moved.values()):
            raise ValueError
        return chosen.with_limits(moved)
    except RuleFault as fault:
        with translation.override("en"):
            raise _Refused(words.rule_fault(fault)) from fault
    except ValueError as error:
        raise _Refused("a limit is a number of minutes") from error


def _week_of(request: HttpRequest) -> CountingWeek:
    """The counting week that the address names. Raises Http404."""
    return _week_for(person_of(request), whole_number(request.GET["week"]) or 0)


def _counted(
    request: HttpRequest, first: date, last: date
) -> tuple[CountedRows, EnquiryColumns, float, Mapping[str, int]]:
    """A counting week or an import that the person sees, or the registrations of their centres; with the days of a
    year, and what the page remarks of an import."""
    person, today = person_of(request), clock.today()
    if "week" in request.GET:
        week = _week_of(request)
        return *counted_rows.count(week, today=today), week.days_a_year, {}
    if "import" in request.GET:
        found = _imported(request, person)
        remarks = {"no_purpose": found.no_purpose, "doubled": found.doubled, "partly_counted": found.partly}
        return found.rows, found.enquiries, found.factor * found.rows.days, remarks
    seen, centre = registrations.centres_of(person), request.GET.get("centre", "")
    if centre and seen is not None and centre not in seen:
        raise Http404
    questions = registrations.registered(Period.days(first, last), [centre] if centre else seen)
    try:
        return *registrations.count(questions, last=last, today=today), registrations.WORKING_DAYS, {}
    except registrations.TooMany as error:
        raise _Refused(f"there are more than {registrations.MOST:,} registrations; choose fewer days") from error


def _imported(request: HttpRequest, person: Person) -> ImportedCount:
    """Counts of an import that the person sees, with what is assumed of all of them."""
    source = imported_counts.offered_to(person).filter(pk=whole_number(request.GET["import"]) or 0).first()
    if source is None:
        raise Http404
    marks = {"": None, "general": CountMark.GENERAL, "case_specific": CountMark.CASE_SPECIFIC}
    resolved = {"": None, "yes": True, "no": False}
    try:
        minutes = float(request.GET["minutes"]) if request.GET.get("minutes") else None
        if minutes is not None and not 0 <= minutes < MOST_MINUTES:
            raise ValueError
        assumed = AssumedOfCounts(
            marks[request.GET.get("mark", "")], resolved[request.GET.get("resolved", "")], minutes
        )
        return imported_counts.count(source, assumed)
    except imported_counts.TooManyCounted as error:
        raise _Refused(f"there are more than {imported_counts.MOST:,} enquiries in the import") from error
    except (KeyError, ValueError) as error:
        raise _Refused("mark is general or case_specific, resolved yes or no, and minutes a number") from error


# --- segments ---------------------------------------------------------------------------------------


@require_GET
@requires(*study_rights.READERS)
def segments(request: HttpRequest) -> JsonResponse:
    """The services that the person sees, each with what was decided, printed and proposed by live data."""
    today = clock.today()
    return JsonResponse(segment_listing.of_services(study_rights.services_seen(person_of(request), today), today))
