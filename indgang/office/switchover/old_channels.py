"""Old numbers and mail addresses: what still comes in on each, and closing those that nobody uses."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts.gate import person_of, refused, requires
from indgang.accounts.permissions import Permission as P
from indgang.core import clock
from indgang.correspondence import former_addresses
from indgang.correspondence.models import FormerAddress
from indgang.office.switchover import access
from indgang.office.switchover.access import SEE
from indgang.office.switchover.forms import FormerAddressForm
from indgang.plots.numbers import ValueUnit
from indgang.plots.plot import Happening, PlotMoment, Series, TimePlot
from indgang.programme.switchover import findings, old_channels, rights
from indgang.programme.switchover.old_channels import WEEKS, OldChannel
from indgang.ui.refusals import refusals_as_messages, refusals_on_form

#: lines of the plot of all; the least used are together in one more
_LINES = 4


@require_GET
@requires(SEE)
def channels(request: HttpRequest) -> HttpResponse:
    found = old_channels.all_channels(clock.now())
    coming = [each.switch for each in found if each.switch is not None]
    seen = rights.seen_by(person_of(request)).filter(pk__in=coming).values_list("pk", flat=True)
    context = {
        "rows": sorted(found, key=lambda each: (each.closed is not None, -each.lately, each.key)),
        "plot": _plot(found) if found else None, "weeks": WEEKS, "quiet_days": findings.QUIET_DAYS,
        "may_edit": access.may_edit_addresses(person_of(request)), "seen_switches": set(seen),
    }  # fmt: skip
    return render(request, "office/switchover/old_channels.html", context)


@require_GET
@requires(SEE)
def number(request: HttpRequest, pk: int) -> HttpResponse:
    row = access.former_number(pk)
    (channel,) = old_channels.numbers(clock.now(), only=row.pk)
    may = access.may_close_number(person_of(request), row.number)
    return _one(request, channel, may_close=may, closing=reverse("office:old-number-closing", args=[pk]))


@require_GET
@requires(SEE)
def address(request: HttpRequest, pk: int) -> HttpResponse:
    row = access.former_address(pk)
    (channel,) = old_channels.addresses(clock.now(), only=row.pk)
    may = access.may_edit_addresses(person_of(request))
    return _one(request, channel, may_close=may, closing=reverse("office:old-address-closing", args=[pk]))


@require_POST
@requires(P.PUBLISH_FLOWS)
def number_closing(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer the number no more from tomorrow on."""
    person, row = person_of(request), access.former_number(pk)
    if not access.may_close_number(person, row.number):
        raise Http404
    with refusals_as_messages(request):
        old_channels.close_number(row, by=person, at=clock.now())
    return redirect("office:old-number", pk)


@require_POST
@requires(P.SET_MAILBOXES)
def address_closing(request: HttpRequest, pk: int) -> HttpResponseBase:
    person, row = person_of(request), access.former_address(pk)
    if not access.may_edit_addresses(person):
        return refused(request, P.SET_MAILBOXES)
    with refusals_as_messages(request):
        old_channels.close_address(row, by=person, at=clock.now())
    return redirect("office:old-address", pk)


@require_http_methods(["GET", "POST"])
@requires(P.SET_MAILBOXES)
def address_form(request: HttpRequest, pk: int | None = None) -> HttpResponseBase:
    """A new old address, or another name, mailbox or period of one."""
    person, row = person_of(request), access.former_address(pk) if pk else None
    if not access.may_edit_addresses(person):
        return refused(request, P.SET_MAILBOXES)
    form = FormerAddressForm(request.POST or None, row=row)
    if request.method == "POST" and form.is_valid():
        with refusals_on_form(form, address="mail_address"):
            saved = former_addresses.save(row or FormerAddress(), form.values, by=person, at=clock.now())
            return redirect("office:old-address", saved.pk)
    context = {
        "form": form, "heading": _("Gammel mailadresse"), "back": reverse("office:old-channels"),
    }  # fmt: skip
    return render(request, "office/form.html", context, status=422 if form.errors else 200)


def _one(request: HttpRequest, channel: OldChannel, *, may_close: bool, closing: str) -> HttpResponse:
    edit = reverse("office:old-address-edit", args=[channel.pk]) if may_close and not channel.is_number else ""
    context = {
        "channel": channel, "plot": _plot([channel]), "may_close": may_close and channel.may_close, "weeks": WEEKS,
        "closing": closing, "quiet_days": findings.QUIET_DAYS, "edit": edit,
    }  # fmt: skip
    return render(request, "office/switchover/old_channel.html", context)


def _plot(channels: Sequence[OldChannel]) -> TimePlot:
    """By week; the most used have lines of their own. Days of diversion and closing stand where they are in sight."""
    ordered = sorted(channels, key=lambda each: (-each.total, each.key))
    lines = [_series(each.shown, [each]) for each in ordered[:_LINES]]
    if len(ordered) > _LINES:
        lines.append(_series(_("Andre"), ordered[_LINES:]))
    mondays = [day for day, _count in channels[0].by_week()]
    return TimePlot(
        title=_("Henvendelser på gamle numre og adresser"),
        about=_("Opkald og mails om ugen i %(weeks)s uger. Den sidste uge er ikke slut.") % {"weeks": len(mondays)},
        unit=ValueUnit.COUNT, when=_("Uge"),
        moments=tuple(PlotMoment(day, _("uge %(number)s") % {"number": day.isocalendar().week}) for day in mondays),
        series=tuple(lines),
        happenings=tuple(
            each
            for channel in ordered[:_LINES]
            for each in _happenings(channel)
            if mondays[0] <= each.at <= mondays[-1]
        ),
    )  # fmt: skip


def _series(name: str, channels: Sequence[OldChannel]) -> Series:
    weeks = [[float(count) for _day, count in each.by_week()] for each in channels]
    return Series(name, tuple(map(sum, zip(*weeks, strict=True))))


def _happenings(channel: OldChannel) -> list[Happening]:
    found = [Happening(_("%(what)s omstillet") % {"what": channel.shown}, channel.diverted)]
    if channel.closed is not None:
        found.append(Happening(_("%(what)s lukket") % {"what": channel.shown}, channel.closed))
    return found
