"""Switches of services and old numbers as JSON, for readers of figures; a POST does what the page does, for those who
edit the programme of the centre.

GET  /api/switchovers/                      those of the reader's centres, the latest first
POST /api/switchovers/preparation/          prepares one
GET  /api/switchovers/<id>/                 one: what was prepared, what it would change and what speaks against it
POST /api/switchovers/<id>/preparation/     prepares it otherwise, with the `revision` read; what is left out is emptied
POST /api/switchovers/<id>/decision/        {"seen": "as read", "reason": "why in spite of findings"}
POST /api/switchovers/<id>/calling-off/     {"state": "decided"} prepares it again, {"state": "planned"} gives it up
POST /api/switchovers/<id>/carrying-out/    carries out a decided one now
POST /api/switchovers/<id>/taking-back/     {"because": "why"}
GET  /api/old-numbers/                      what still comes in by week on each old number and mail address
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import translation
from django.views.decorators.http import require_GET, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.models import Person
from indgang.api.bodies import TextsField, answers_refusals, checked, values
from indgang.api.operations import Operation, declares
from indgang.catalogue.models import ContactCentre, Service
from indgang.core import clock
from indgang.correspondence.models import Mailbox
from indgang.entry.models import EntryPoint, Flow
from indgang.feedback.models import AskingRule, Questionnaire
from indgang.knowledge.models import ArticleVersion
from indgang.programme.switchover import carrying, listing, old_channels, old_contacts, rights, setting_up
from indgang.programme.switchover.models import Switchover
from indgang.ui.choices import offer

#: switches of one answer
MOST = 200


class PreparedSwitchForm(forms.Form):
    """What a switch changes, and when."""

    service = forms.ModelChoiceField(Service.objects.none(), to_field_name="code", help_text="code of a service")
    centre = forms.ModelChoiceField(ContactCentre.objects.none(), to_field_name="code", help_text="code of a centre")
    planned_at = forms.DateTimeField(help_text="2026-03-12T11:15, in Copenhagen unless it has a zone")
    flow = forms.ModelChoiceField(
        Flow.objects.none(), to_field_name="code", required=False, help_text="code of a flow whose draft is published"
    )
    numbers = TextsField(help_text="old numbers, which are entries today")
    leads_to = forms.ModelChoiceField(
        EntryPoint.objects.none(), to_field_name="number", required=False, help_text="the number that they lead to"
    )
    addresses = TextsField(help_text="old mail addresses, which are shared mailboxes today")
    mail_to = forms.ModelChoiceField(
        Mailbox.objects.none(), to_field_name="code", required=False, help_text="code of the mailbox that mails go to"
    )
    versions = forms.ModelMultipleChoiceField(
        ArticleVersion.objects.none(), required=False, help_text="ids of versions that wait for approval"
    )
    ends_contact = forms.BooleanField(required=False, help_text="the website shows the centre's line instead")
    questionnaire = forms.ModelChoiceField(
        Questionnaire.objects.none(), to_field_name="code", required=False, help_text="callers are asked by it"
    )
    way = forms.ChoiceField(choices=rights.WAYS, required=False, help_text="`robot` when left out")
    share = forms.IntegerField(min_value=1, max_value=100, required=False, help_text="per cent asked; 100 without it")
    starts_targets = forms.BooleanField(required=False, help_text="the agreement's targets count from the switch")

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, person: Person, switch: Switchover | None = None
    ) -> None:
        super().__init__(data)
        for name, choices in rights.offered(person, switch).items():
            offer(self, name, choices)

    def said(self) -> dict[str, Any]:
        """The values that `setting_up` takes. Raises RefusedChange for what is no number or no address."""
        given = self.cleaned_data
        return given | {
            "way": given["way"] or AskingRule.Way.ROBOT, "share": given["share"] or 100,
            "numbers": old_contacts.numbers(given["numbers"]), "addresses": old_contacts.addresses(given["addresses"]),
        }  # fmt: skip


class ChangedSwitchForm(PreparedSwitchForm):
    """All values of an open switch. `revision` is that of the answer that was read: what somebody else has prepared
    since is not overwritten unseen."""

    revision = forms.CharField(max_length=100)


class DecidedSwitchForm(forms.Form):
    """`seen` is that of the rehearsal which was read."""

    seen = forms.CharField(max_length=100)
    reason = forms.CharField(max_length=500, required=False, help_text="why in spite of what was found")


class CalledOffSwitchForm(forms.Form):
    """The state that was read: `decided` is prepared again, others are given up for good."""

    state = forms.ChoiceField(choices=[(each, each) for each in ("planned", "decided", "stopped")])


class TakenBackSwitchForm(forms.Form):
    """Why everything is to be as it was before the switch."""

    because = forms.CharField(max_length=500)


@require_GET
@requires(rights.SEE)
def switchovers(request: HttpRequest) -> JsonResponse:
    """Switches of the reader's centres, the latest first; `more` says whether there are others."""
    rows = list(rights.seen_by(person_of(request))[: MOST + 1])
    found = [listing.switch_data(each) for each in rows[:MOST]]
    return JsonResponse({"switchovers": found, "more": len(rows) > MOST})


@require_GET
@requires(rights.SEE)
def switchover(request: HttpRequest, pk: UUID) -> JsonResponse:
    """One switch: what was prepared, what it would change, what callers hear, and what speaks against it."""
    person = person_of(request)
    found = get_object_or_404(rights.seen_by(person), pk=pk)
    return _answer(found, person)


@declares(Operation("POST", "Prepare a switch", body=PreparedSwitchForm, status=201))
@require_POST
@requires(rights.EDIT)
@answers_refusals
def preparation(request: HttpRequest) -> JsonResponse:
    person = person_of(request)
    return _answer(prepare(values(request), person, clock.now()), person, status=201)


@declares(Operation("POST", "Prepare an open switch otherwise", body=ChangedSwitchForm))
@require_POST
@requires(rights.EDIT)
@answers_refusals
def other_preparation(request: HttpRequest, pk: UUID) -> JsonResponse:
    return _acted(request, pk, prepare_otherwise)


@declares(Operation("POST", "Decide a switch, so that it is carried out at its time", body=DecidedSwitchForm))
@require_POST
@requires(rights.EDIT)
@answers_refusals
def decision(request: HttpRequest, pk: UUID) -> JsonResponse:
    return _acted(request, pk, decide)


@declares(Operation("POST", "Prepare a decided switch again, or give up another", body=CalledOffSwitchForm))
@require_POST
@requires(rights.EDIT)
@answers_refusals
def calling_off(request: HttpRequest, pk: UUID) -> JsonResponse:
    return _acted(request, pk, call_off)


@declares(Operation("POST", "Carry out a decided switch now, before its time"))
@require_POST
@requires(rights.EDIT)
@answers_refusals
def carrying_out(request: HttpRequest, pk: UUID) -> JsonResponse:
    return _acted(request, pk, carry_out)


@declares(Operation("POST", "Let everything be as it was before a switch", body=TakenBackSwitchForm))
@require_POST
@requires(rights.EDIT)
@answers_refusals
def taking_back(request: HttpRequest, pk: UUID) -> JsonResponse:
    return _acted(request, pk, take_back)


@require_GET
@requires(rights.SEE)
def old_numbers(request: HttpRequest) -> JsonResponse:
    found = old_channels.all_channels(clock.now())
    return JsonResponse({"old_numbers": [listing.channel_data(each) for each in found]})


# --- What `indgang switchover` does too ------------------------------------------------------------

Act = Callable[[Switchover, Mapping[str, Any], Person, datetime], Switchover]


def prepare(given: Mapping[str, Any], by: Person, at: datetime) -> Switchover:
    """Raises RefusedChange."""
    return setting_up.make(checked(PreparedSwitchForm(given, person=by)).said(), by=by, at=at)


def prepare_otherwise(switch: Switchover, given: Mapping[str, Any], by: Person, at: datetime) -> Switchover:
    form = checked(ChangedSwitchForm(given, person=by, switch=switch))
    return setting_up.edit(switch, form.said(), by=by, at=at, revision=form.cleaned_data["revision"])


def decide(switch: Switchover, given: Mapping[str, Any], by: Person, at: datetime) -> Switchover:
    said = checked(DecidedSwitchForm(given)).cleaned_data
    return setting_up.decide(switch, seen=said["seen"], reason=said["reason"], by=by, at=at)


def call_off(switch: Switchover, given: Mapping[str, Any], by: Person, at: datetime) -> Switchover:
    said = checked(CalledOffSwitchForm(given)).cleaned_data
    return setting_up.call_off(switch, seen=said["state"], by=by, at=at)


def carry_out(switch: Switchover, _given: Mapping[str, Any], by: Person, at: datetime) -> Switchover:
    return carrying.carry_out(switch, by=by, at=at)


def take_back(switch: Switchover, given: Mapping[str, Any], by: Person, at: datetime) -> Switchover:
    said = checked(TakenBackSwitchForm(given)).cleaned_data
    return carrying.take_back(switch, because=said["because"], by=by, at=at)


def act_on(pk: UUID, act: Act, given: Mapping[str, Any], by: Person, at: datetime) -> Switchover:
    """Do it with a switch that the person may change. Raises Http404 for another, and RefusedChange."""
    found = get_object_or_404(rights.seen_by(by), pk=pk)
    if not rights.may_change(by, found):
        raise Http404
    return act(found, given, by, at)


def _acted(request: HttpRequest, pk: UUID, act: Act) -> JsonResponse:
    person = person_of(request)
    return _answer(act_on(pk, act, values(request), person, clock.now()), person)


def _answer(switch: Switchover, person: Person, status: int = 200) -> JsonResponse:
    switch.refresh_from_db()
    by = person if rights.may_change(person, switch) else None
    with translation.override("en"):
        return JsonResponse(listing.whole(switch, by=by, at=clock.now()), status=status)
