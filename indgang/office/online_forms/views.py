"""Online forms: the list, one form with its fields and texts, the trial, and publishing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts.access import may
from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission as P
from indgang.accounts.submission import own_transactions
from indgang.core import clock
from indgang.core.refusals import EditedMeanwhile
from indgang.correspondence.forms import versions, words
from indgang.correspondence.forms.answers import read_answers
from indgang.correspondence.forms.definition import FieldKind, FormDefinition, FormField, check
from indgang.correspondence.models import FormVersion, OnlineForm
from indgang.office.drafts import conflicts_as_messages, still, typed_again
from indgang.office.online_forms import access, ordering
from indgang.office.online_forms.forms import FieldForm, NewForm, SectionForm, SettingsForm, TextsForm, written_queues
from indgang.ui.pages import revision_of
from indgang.ui.refusals import refusals_as_messages, refusals_on_form


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A field in the list, with what decides whether it is asked, in words."""

    field: FormField
    kind: Any
    when: str


@require_http_methods(["GET", "POST"])
@requires(P.EDIT_KNOWLEDGE, P.APPROVE_KNOWLEDGE)
def form_list(request: HttpRequest) -> HttpResponseBase:
    """The forms that the person may see; a POST makes one."""
    person = person_of(request)
    form = NewForm(request.POST or None, units=access.units_edited(person))
    if request.method == "POST" and form.is_valid():
        with refusals_on_form(form):
            made = versions.create(**form.cleaned_data, by=person, at=clock.now())
            return redirect("office:online-form", made.code)
    rows = [
        {"form": each, "published": versions.published(each), "draft": versions.draft_of(each)}
        for each in access.forms_seen(person)
    ]
    may_add = access.units_edited(person).exists() and written_queues().exists()
    context = {"rows": rows, "form": form, "may_add": may_add}
    return render(request, "office/online_forms/forms.html", context, status=422 if form.errors else 200)


@require_GET
@requires(P.EDIT_KNOWLEDGE, P.APPROVE_KNOWLEDGE)
def online_form(request: HttpRequest, code: str) -> HttpResponse:
    """The draft when there is one, else the published version."""
    return _page(request, access.form_for(person_of(request), code))


@require_http_methods(["GET", "POST"])
@requires(P.EDIT_KNOWLEDGE)
def settings(request: HttpRequest, code: str) -> HttpResponseBase:
    """The name of the form, what it is for, and where what is sent waits."""
    person = person_of(request)
    row = access.form_edited(person, code)
    form = SettingsForm(request.POST or None, row=row, units=access.units_edited(person))
    if request.method == "POST" and form.is_valid():
        with refusals_on_form(form):
            versions.change(row, **form.cleaned_data, by=person, at=clock.now())
            messages.success(request, _("Ændringerne er gemt. Det, der allerede er sendt, bliver, hvor det er."))
            return redirect("office:online-form", code)
    context = {"row": row, "form": form}
    return render(request, "office/online_forms/settings.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@requires(P.EDIT_KNOWLEDGE)
def section(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    """The titles of one section of the draft."""
    version = _draft(request, code)
    sections = versions.definition_of(version).sections
    if not 1 <= number <= len(sections):
        raise Http404
    shown = sections[number - 1]
    first = {"title": shown.title, "title_en": shown.title_en, "revision": version.revision}
    form = SectionForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        changed = ordering.titled(versions.definition_of(version), number, data["title"], data["title_en"])
        with conflicts_as_messages(request, _overtaken), refusals_on_form(form):
            versions.save(version, definition=changed, revision=data["revision"], by=person_of(request), at=clock.now())
            messages.success(request, _("Overskriften er gemt."))
        if not form.errors:
            return redirect("office:online-form", code)
    context = {"row": version.form, "form": form, "title": shown.title}
    return render(request, "office/online_forms/section.html", context, status=422 if form.errors else 200)


@require_POST
@requires(P.EDIT_KNOWLEDGE)
def draft(request: HttpRequest, code: str) -> HttpResponseBase:
    """Begin a draft from the published version."""
    person = person_of(request)
    versions.draft(access.form_edited(person, code), by=person, at=clock.now())
    return redirect("office:online-form", code)


@require_POST
@requires(P.EDIT_KNOWLEDGE)
def texts(request: HttpRequest, code: str) -> HttpResponseBase:
    """Change the texts of the draft."""
    person = person_of(request)
    version = _draft(request, code)
    form = TextsForm(request.POST, version=version)
    if form.is_valid():
        data = dict(form.cleaned_data)
        try:
            with refusals_on_form(form):
                revision = data.pop("revision")
                versions.save(version, texts=data, revision=revision, by=person, at=clock.now())
                messages.success(request, _("Teksterne er gemt."))
                return redirect("office:online-form", code)
        except EditedMeanwhile as refusal:
            form = TextsForm(typed_again(request, refusal.theirs), version=refusal.theirs)
            form.add_error(None, _overtaken(refusal.theirs))
    return _page(request, version.form, texts_form=form, status=422)


@require_http_methods(["GET", "POST"])
@requires(P.EDIT_KNOWLEDGE)
def new_field(request: HttpRequest, code: str) -> HttpResponseBase:
    return _edit_field(request, _draft(request, code), None)


@require_http_methods(["GET", "POST"])
@requires(P.EDIT_KNOWLEDGE)
def field(request: HttpRequest, code: str, field: str) -> HttpResponseBase:
    version = _draft(request, code)
    found = versions.definition_of(version).field(field)
    if found is None:
        raise Http404
    return _edit_field(request, version, found)


@require_POST
@requires(P.EDIT_KNOWLEDGE)
def order(request: HttpRequest, code: str) -> HttpResponseBase:
    """Move a field up or down, or remove it: the button is named `up`, `down` or `remove` and has its code."""
    version = _draft(request, code)
    definition = versions.definition_of(version)
    for name, change in _ORDERS.items():
        if name in request.POST:
            definition = change(definition, request.POST[name])
    with conflicts_as_messages(request, _overtaken):
        versions.save(
            version, definition=definition, revision=revision_of(request), by=person_of(request), at=clock.now()
        )
    return redirect("office:online-form", code)


_ORDERS = {
    "up": lambda definition, code: ordering.moved(definition, code, -1),
    "down": lambda definition, code: ordering.moved(definition, code, 1),
    "remove": ordering.without,
}


@require_POST
@requires(P.APPROVE_KNOWLEDGE)
def publication(request: HttpRequest, code: str) -> HttpResponseBase:
    person = person_of(request)
    form = access.form_approved(person, code)
    with conflicts_as_messages(request, _overtaken):
        version = still(versions.draft_of(form), _("Kladden er udgivet i mellemtiden."))
        versions.publish(version, revision=revision_of(request), by=person, at=clock.now())
        said = _("Formularen er udgivet. De, der allerede er i gang, udfylder den gamle version færdig.")
        messages.success(request, said)
    return redirect("office:online-form", code)


@require_POST
@requires(P.APPROVE_KNOWLEDGE)
def withdrawal(request: HttpRequest, code: str) -> HttpResponseBase:
    """Let nobody begin the form any more."""
    person = person_of(request)
    with refusals_as_messages(request):
        versions.withdraw(access.form_approved(person, code), by=person, at=clock.now())
        messages.success(request, _("Formularen er trukket tilbage. Udgiv en ny version for at bruge den igen."))
    return redirect("office:online-form", code)


@require_http_methods(["GET", "POST"])
@own_transactions
@requires(P.EDIT_KNOWLEDGE, P.APPROVE_KNOWLEDGE)
def rehearsal(request: HttpRequest, code: str) -> HttpResponse:
    """Fill the form in and see what would be asked and sent. Nothing is stored; files are taken as given by name."""
    form = access.form_for(person_of(request), code)
    version = versions.draft_of(form) or versions.published(form)
    assert version is not None, "a form has a version"
    definition = versions.definition_of(version)
    typed = {name: request.POST.getlist(name) for name in request.POST}
    given = {name: [each.name or "" for each in request.FILES.getlist(name)] for name in request.FILES}
    found = read_answers(definition, typed, given)
    faults = {code: words.fault(_known(definition, code), what) for code, what in found.faults.items()}
    context = {
        "row": form, "version": version, "is_tried": request.method == "POST", "problems": _problems(definition),
        "sections": [(section, [_tried(each, typed, faults) for each in section.fields])
                     for section in definition.sections],
        "faults": faults, "sent": "" if faults else words.readable(definition, found.values, "da", given),
    }  # fmt: skip
    return render(request, "office/online_forms/rehearsal.html", context)


def _tried(field: FormField, typed: dict[str, list[str]], faults: dict[str, str]) -> dict[str, Any]:
    if field.kind is FieldKind.YES_NO:
        options = [("yes", _("Ja")), ("no", _("Nej"))]
    else:
        options = [(option.code, option.label) for option in field.options]
    return {
        "field": field, "typed": typed.get(field.code, []), "value": next(iter(typed.get(field.code, [])), ""),
        "fault": faults.get(field.code, ""), "options": options,
    }  # fmt: skip


def _known(definition: FormDefinition, code: str) -> FormField:
    found = definition.field(code)
    assert found is not None, "faults name fields of the definition"
    return found


def _draft(request: HttpRequest, code: str) -> FormVersion:
    """The draft of a form that the person may edit. Raises Http404 when there is none."""
    version = versions.draft_of(access.form_edited(person_of(request), code))
    if version is None:
        raise Http404
    return version


def _edit_field(request: HttpRequest, version: FormVersion, field: FormField | None) -> HttpResponseBase:
    definition = versions.definition_of(version)
    form = FieldForm(request.POST or None, definition=definition, field=field, revision=version.revision)
    if request.method == "POST" and form.is_valid():
        try:
            with refusals_on_form(form):
                versions.save(
                    version, definition=form.changed(), revision=form.cleaned_data["revision"],
                    by=person_of(request), at=clock.now(),
                )  # fmt: skip
                messages.success(request, _("Feltet er gemt."))
                return redirect("office:online-form", version.form.code)
        except EditedMeanwhile as refusal:
            theirs = refusal.theirs
            form = FieldForm(
                typed_again_lists(request, theirs), definition=versions.definition_of(theirs), field=field,
                revision=theirs.revision,
            )  # fmt: skip
            form.add_error(None, _overtaken(theirs))
    context = {"row": version.form, "version": version, "form": form, "field": field}
    return render(request, "office/online_forms/field.html", context, status=422 if form.errors else 200)


def typed_again_lists(request: HttpRequest, theirs: FormVersion) -> Any:
    """What was typed, with several choices, and the present revision."""
    typed = request.POST.copy()
    typed["revision"] = str(theirs.revision)
    return typed


def _page(
    request: HttpRequest, form: OnlineForm, *, texts_form: TextsForm | None = None, status: int = 200
) -> HttpResponse:
    person = person_of(request)
    draft, published = versions.draft_of(form), versions.published(form)
    version = draft or published
    assert version is not None, "a form has a version"
    definition = versions.definition_of(version)
    context = {
        "row": form, "draft": draft, "published": published, "version": version,
        "sections": [(section.title, [_row(definition, each) for each in section.fields])
                     for section in definition.sections],
        "problems": _problems(definition) if draft else [], "may_edit": may(person, P.EDIT_KNOWLEDGE, form.unit),
        "may_publish": may(person, P.APPROVE_KNOWLEDGE, form.unit),
        "texts_form": texts_form or TextsForm(version=version),
    }  # fmt: skip
    return render(request, "office/online_forms/form.html", context, status=status)


def _row(definition: FormDefinition, field: FormField) -> FieldRow:
    parts = []
    for each in field.when:
        on = definition.field(each.field)
        known = {"yes": _("Ja"), "no": _("Nej")} | {option.code: option.label for option in (on.options if on else ())}
        answers = ", ".join(known.get(value, value) for value in each.values)
        parts.append(f"{on.label if on else each.field}: {answers}")
    return FieldRow(field, words.KINDS[field.kind], "; ".join(parts))


def _problems(definition: FormDefinition) -> list[str]:
    return words.problems(check(definition), definition)


def _overtaken(theirs: FormVersion) -> str:
    return _("Ikke gemt: en anden har ændret formularen i mellemtiden. Se ændringen, og gem igen.")
