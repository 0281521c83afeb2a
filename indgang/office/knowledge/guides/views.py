"""Guides: the list, one guide with its steps, draft and versions, and its rehearsal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission as P
from indgang.core import clock, text
from indgang.core.refusals import EditedMeanwhile, RefusedChange
from indgang.core.text import whole_number
from indgang.knowledge import difference, guide_versions, guides
from indgang.knowledge.guide_versions import HasProblems
from indgang.knowledge.models import ArticleVersion, Guide, GuideVersion, Language
from indgang.office.drafts import conflicts_as_messages, draft_page, step_page, still, typed_again, without_step
from indgang.office.knowledge import access
from indgang.office.knowledge.forms import RejectionForm, WithdrawalForm
from indgang.office.knowledge.guides import cards
from indgang.office.knowledge.guides.forms import GuideFactsForm, GuideStepForm, HeadForm, NewGuideForm
from indgang.ui.pages import part_asked_for, render_part_or_page, revision_of
from indgang.ui.refusals import refusals_as_messages, refusals_on_form


@require_http_methods(["GET", "POST"])
@requires(P.EDIT_KNOWLEDGE, P.APPROVE_KNOWLEDGE)
def guide_list(request: HttpRequest) -> HttpResponseBase:
    """All guides that the person may see; a POST creates a new one."""
    person = person_of(request)
    form = NewGuideForm(request.POST or None, units=access.units_edited(person))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        with refusals_on_form(form, slug="title"):
            made = guide_versions.create(slug=text.slug(data["title"]), **data, by=person, at=clock.now())
            return redirect("office:guide", made.guide.slug)
    rows = _rows(person, clock.now())
    context = {"rows": rows, "form": form, "may_add": access.units_edited(person).exists()}
    return render(request, "office/knowledge/guides/guides.html", context, status=422 if form.errors else 200)


@require_GET
@requires(P.EDIT_KNOWLEDGE, P.APPROVE_KNOWLEDGE)
def guide(request: HttpRequest, slug: str) -> HttpResponse:
    """The draft when there is one, otherwise the version in force, in the requested language."""
    return _page(request, access.guide_for(person_of(request), slug), _language(request.GET.get("language", "da")))


@require_POST
@requires(P.EDIT_KNOWLEDGE)
def facts(request: HttpRequest, slug: str) -> HttpResponseBase:
    person = person_of(request)
    shown = access.guide_edited(person, slug)
    form = GuideFactsForm(request.POST, units=access.units_edited(person), guide=shown)
    if form.is_valid():
        try:
            with refusals_on_form(form):
                guide_versions.describe(shown, **form.cleaned_data, by=person, at=clock.now())
                messages.success(request, _("Oplysningerne er gemt."))
                return redirect("office:guide", slug)
        except HasProblems as refusal:
            form.add_error(None, _("Ikke gemt: %(why)s") % {"why": _problem_words(refusal)})
        shown.refresh_from_db()
    return _page(request, shown, Language.DANISH, status=422, facts_form=form)


@require_POST
@requires(P.EDIT_KNOWLEDGE)
def draft(request: HttpRequest, slug: str, language: str) -> HttpResponseBase:
    """Begin a draft in the language."""
    shown = access.guide_edited(person_of(request), slug)
    with refusals_as_messages(request):
        guide_versions.draft(shown, language=_language(language), by=person_of(request), at=clock.now())
    return _back(slug, language)


@require_POST
@requires(P.EDIT_KNOWLEDGE)
def draft_removal(request: HttpRequest, slug: str, language: str) -> HttpResponseBase:
    version = guide_versions.draft_of(access.guide_edited(person_of(request), slug), _language(language))
    with conflicts_as_messages(request, _overtaken):
        guide_versions.discard(
            still(version, _gone()), revision=revision_of(request), by=person_of(request), at=clock.now()
        )
        messages.success(request, _("Kladden er slettet."))
    return _back(slug, language)


@require_POST
@requires(P.EDIT_KNOWLEDGE)
def head(request: HttpRequest, slug: str, language: str) -> HttpResponseBase:
    """Set title, introduction and first step of the draft."""
    version = _draft(request, slug, language)
    form, conflict = HeadForm(request.POST, guide=guides.parse(version.definition)), None
    if form.is_valid():
        data = form.cleaned_data
        definition = {**version.definition, **{name: data[name] for name in ("title", "intro", "start")}}
        try:
            with refusals_on_form(form):
                guide_versions.save(
                    version, definition=definition, revision=data["revision"], by=person_of(request), at=clock.now()
                )
                return _page(request, version.guide, language) if part_asked_for(request) else _back(slug, language)
        except EditedMeanwhile as refusal:
            conflict = refusal.theirs
            form = HeadForm(typed_again(request, conflict), guide=guides.parse(conflict.definition))
            form.add_error(None, _not_saved())
    return _page(request, version.guide, version.language, status=422, head_form=form, conflict=conflict)


@require_http_methods(["GET", "POST"])
@requires(P.EDIT_KNOWLEDGE)
def new_step(request: HttpRequest, slug: str, language: str) -> HttpResponseBase:
    kind = request.GET.get("kind", "")
    if kind not in cards.KINDS:
        raise Http404
    return _edit_step(request, _draft(request, slug, language), kind, None)


@require_http_methods(["GET", "POST"])
@requires(P.EDIT_KNOWLEDGE)
def step(request: HttpRequest, slug: str, language: str, step: str) -> HttpResponseBase:
    version = _draft(request, slug, language)
    current = guides.parse(version.definition).by_id.get(step)
    # the step may have been deleted meanwhile: the typed data creates a new one
    kind = current.kind if current else request.POST.get("kind", "")
    if kind not in cards.KINDS:
        raise Http404
    return _edit_step(request, version, kind, current)


@require_POST
@requires(P.EDIT_KNOWLEDGE)
def step_removal(request: HttpRequest, slug: str, language: str, step: str) -> HttpResponseBase:
    version = guide_versions.draft_of(access.guide_edited(person_of(request), slug), _language(language))
    with conflicts_as_messages(request, _overtaken):
        version = still(version, _gone())
        kept = without_step(version.definition, step)
        guide_versions.save(
            version, definition=kept, revision=revision_of(request), by=person_of(request), at=clock.now()
        )
        messages.success(request, _("Trinnet er slettet."))
    return _back(slug, language)


@require_POST
@requires(P.APPROVE_KNOWLEDGE)
def publication(request: HttpRequest, slug: str, language: str) -> HttpResponseBase:
    person = person_of(request)
    version = guide_versions.draft_of(access.guide_approved(person, slug), _language(language))
    with _problems_as_messages(request, _("Ikke udgivet: %(why)s")):
        guide_versions.publish(still(version, _gone()), revision=revision_of(request), by=person, at=clock.now())
        messages.success(request, _("Vejviseren er udgivet og kan bruges nu."))
    return _back(slug, language)


@require_POST
@requires(P.EDIT_KNOWLEDGE)
def approval(request: HttpRequest, slug: str, language: str) -> HttpResponseBase:
    """Send the draft for approval."""
    person = person_of(request)
    version = guide_versions.draft_of(access.guide_edited(person, slug), _language(language))
    with _problems_as_messages(request, _("Ikke sendt: %(why)s")):
        guide_versions.submit(still(version, _gone()), revision=revision_of(request), by=person, at=clock.now())
        messages.success(request, _("Vejviseren er sendt til godkendelse."))
    return _back(slug, language)


@require_POST
@requires(P.APPROVE_KNOWLEDGE)
def rejection(request: HttpRequest, slug: str, language: str) -> HttpResponseBase:
    """Return the draft to its author with what it needs."""
    person = person_of(request)
    shown = access.guide_approved(person, slug)
    form = RejectionForm(request.POST, auto_id="rejection_%s")
    if not form.is_valid():
        return _page(request, shown, _language(language), status=422, rejection_form=form)
    with conflicts_as_messages(request, _overtaken):
        draft = still(guide_versions.draft_of(shown, _language(language)), _gone())
        note = form.cleaned_data["note"]
        guide_versions.send_back(draft, revision=revision_of(request), note=note, by=person, at=clock.now())
        messages.success(request, _("Sendt tilbage til den, der har skrevet, med din begrundelse."))
    return _back(slug, language)


@require_POST
@requires(P.APPROVE_KNOWLEDGE)
def withdrawal(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Withdraw the guide, or with `back` make it available again."""
    person = person_of(request)
    shown = access.guide_approved(person, slug)
    form, back = WithdrawalForm(request.POST), bool(request.POST.get("back"))
    if not back and not form.is_valid():
        return _page(request, shown, Language.DANISH, status=422, withdrawal_form=form)
    with _problems_as_messages(request, _("Ikke ændret: %(why)s")):
        if back:
            guide_versions.bring_back(shown, by=person, at=clock.now())
            messages.success(request, _("Vejviseren kan bruges igen."))
        else:
            guide_versions.withdraw(shown, because=form.cleaned_data["because"], by=person, at=clock.now())
            messages.success(request, _("Vejviseren er trukket tilbage."))
    return redirect("office:guide", slug)


@require_GET
@requires(P.EDIT_KNOWLEDGE, P.APPROVE_KNOWLEDGE)
def version(request: HttpRequest, slug: str, language: str, number: int) -> HttpResponse:
    """One version, and its differences from the previous version or the one asked for."""
    person = person_of(request)
    shown = access.guide_for(person, slug)
    seen = access.guide_versions_seen(person, shown, _language(language)).order_by("-number")
    this = access.guide_version(person, shown, language, number)
    against = whole_number(request.GET.get("against", ""))
    before = seen.filter(number__lt=number).first()
    other = before if against is None else access.guide_version(person, shown, language, against)
    read = guides.parse(this.definition)
    context = {
        "guide": shown,
        "version": this,
        "other": other,
        "versions": list(seen.exclude(pk=this.pk)),
        "differences": cards.differences(guides.parse(other.definition), read) if other else [],
        "cards": cards.cards(read, []),
    }
    return render(request, "office/knowledge/guides/version.html", context)


@require_GET
@requires(P.EDIT_KNOWLEDGE, P.APPROVE_KNOWLEDGE)
def rehearsal(request: HttpRequest, slug: str, language: str, number: int) -> HttpResponse:
    """Walk through a version as a visitor does: the path is in the URL."""
    person = person_of(request)
    shown = access.guide_for(person, slug)
    this = access.guide_version(person, shown, _language(language), number)
    tree = guides.parse(this.definition)
    path, taken = _walked(tree, request.GET.get("path", ""))
    step = taken[-1].step if taken else None
    context = {
        "guide": shown,
        "version": this,
        "tree": tree,
        "taken": [
            {"step": each.step, "words": each.words, "path": guides.path_text(path[:place])}
            for place, each in enumerate(taken[:-1])
        ],
        "step": step,
        "ways": _ways_on(step, path) if step else [],
        "articles": _articles(step.articles) if isinstance(step, guides.ResultStep) else [],
    }
    return render_part_or_page(request, "office/knowledge/guides/rehearsal.html", context, {"walk": "walk"})


@require_GET
@requires(P.EDIT_KNOWLEDGE, P.APPROVE_KNOWLEDGE)
def guide_file(request: HttpRequest, slug: str, language: str, number: int) -> HttpResponse:
    """The version as a YAML file in the import's format."""
    person = person_of(request)
    this = access.guide_version(person, access.guide_for(person, slug), _language(language), number)
    response = HttpResponse(guides.write_yaml(guide_versions.tree_of(this)), content_type="application/yaml")
    response["Content-Disposition"] = f'attachment; filename="{slug}.{language}.yaml"'
    return response


def _rows(person: Person, at: datetime) -> list[dict[str, Any]]:
    """All guides that the person may see, with the version in force and, for editors, the drafts."""
    rows = list(access.guides_seen(person))
    in_force = guide_versions.in_force_of(rows, Language.DANISH, at)
    drafts: dict[int, list[GuideVersion]] = defaultdict(list)
    for draft in access.guide_drafts_seen(person):
        drafts[draft.guide_id].append(draft)
    return [_row(guide, in_force.get(guide.pk), drafts[guide.pk]) for guide in rows]


def _row(guide: Guide, current: GuideVersion | None, drafts: list[GuideVersion]) -> dict[str, Any]:
    named = [current, *drafts] if current else drafts
    title = named[0].title if named and named[0].title else guide.slug
    return {"guide": guide, "current": current, "drafts": drafts, "title": title}


# --- One step ----------------------------------------------------------------------------------


def _edit_step(request: HttpRequest, draft: GuideVersion, kind: str, current: guides.Step | None) -> HttpResponseBase:
    """Show the form of a step, or save its data."""
    rows = sum(1 for name in request.POST if name.startswith("answer_"))
    form = GuideStepForm(
        request.POST or None,
        kind=kind,
        guide=guides.parse(draft.definition),
        articles=_article_choices(draft.guide),
        step=current,
        rows=rows,
        initial={"revision": draft.revision},
    )
    if request.method == "POST" and form.is_valid():
        return _save_step(request, draft, form)
    return _step_page(request, draft, form, status=422 if form.errors else 200)


def _save_step(request: HttpRequest, draft: GuideVersion, form: GuideStepForm) -> HttpResponseBase:
    typed, made = form.steps()
    tree = form.guide
    kept = [typed if step.id == typed.id else step for step in tree.steps]
    steps = [*kept, *([] if typed in kept else [typed]), *made]
    changed = guides.GuideTree(tree.title, tree.start or typed.id, tree.intro, tuple(steps))
    try:
        guide_versions.save(
            draft, definition=guides.dump(changed), revision=form.cleaned_data["revision"],
            by=person_of(request), at=clock.now(),
        )  # fmt: skip
    except RefusedChange as refused:
        form.add_error(None, str(refused))
        return _step_page(request, draft, form, status=422)
    except EditedMeanwhile as refusal:
        theirs = guides.parse(refusal.theirs.definition).by_id.get(typed.id)
        form.add_error(None, _not_saved())
        pieces = difference.words(cards.step_text(theirs) if theirs else "", cards.step_text(typed))
        return _step_page(request, refusal.theirs, form, status=422, conflict=pieces)
    except guides.GuideError:
        most = {"steps": guides.reading.MOST_STEPS, "parts": guides.reading.MOST_PARTS}
        form.add_error(None, _("Der er plads til %(steps)s trin, og til %(parts)s svar eller punkter i hvert.") % most)
        return _step_page(request, draft, form, status=422)
    if part_asked_for(request):
        return _page(request, draft.guide, draft.language, saved=typed.id, saved_step=True)
    return redirect(f"{_address(draft.guide.slug, draft.language)}#step-{typed.id}")


def _step_page(
    request: HttpRequest, draft: GuideVersion, form: GuideStepForm, *, status: int, conflict: Any = None
) -> HttpResponse:
    danish = None
    if draft.language != Language.DANISH and form.step is not None:
        source = guide_versions.in_force(draft.guide, Language.DANISH, clock.now())
        danish = guides.parse(source.definition).by_id.get(form.step.id) if source else None
    context = {
        "guide": draft.guide,
        "kind_word": cards.KINDS[form.kind],
        "conflict": conflict,
        "danish": cards.step_text(danish) if danish else "",
    }
    template, conflicting = "office/knowledge/guides/step.html", conflict is not None
    return step_page(request, template, context, draft=draft, form=form, conflicting=conflicting, status=status)


# --- The page of a guide -----------------------------------------------------------------------


def _page(
    request: HttpRequest, shown: Guide, language: str, *, status: int = 200, saved_step: bool = False, **more: Any
) -> HttpResponse:
    person, at = person_of(request), clock.now()
    seen = list(access.guide_versions_seen(person, shown, language))
    opened = next((each for each in seen if each.published_at is None), None)
    current = next((each for each in seen if each.published_at and each.published_at <= at), None)
    version = opened or current
    tree = guides.parse(version.definition) if version else guides.GuideTree("", "")
    found = guide_versions.problems(version, at=at) if version else []
    context = {
        "guide": shown,
        "language": language,
        "editions": Language.choices,
        "draft": opened,
        "in_force": current,
        "version": version,
        "tree": tree,
        "cards": cards.cards(tree, found),
        "problems": [(each.step, guide_versions.sentence(each)) for each in found],
        "kinds": cards.KINDS.items(),
        "versions": seen,
        "may_edit": access.may_edit(person, shown),
        "may_approve": access.may_approve(person, shown),
        "facts_form": GuideFactsForm(units=access.units_edited(person), guide=shown),
        "head_form": _head_form(tree, opened),
        "withdrawal_form": WithdrawalForm(),
        "rejection_form": RejectionForm(auto_id="rejection_%s"),
        **more,
    }
    template = "office/knowledge/guides/guide.html"
    return draft_page(request, template, context, part="guide", status=status, saved=saved_step)


def _head_form(tree: guides.GuideTree, draft: GuideVersion | None) -> HeadForm:
    revision = draft.revision if draft else 0
    initial = {"title": tree.title, "intro": tree.intro, "start": tree.start, "revision": revision}
    return HeadForm(guide=tree, initial=initial)


# --- Words -------------------------------------------------------------------------------------


def _draft(request: HttpRequest, slug: str, language: str) -> GuideVersion:
    """The open draft.

    A change to a draft that was published or deleted meanwhile opens a new one, so nothing is lost.
    """
    person, language = person_of(request), _language(language)
    edited = access.guide_edited(person, slug)
    if request.method == "POST":
        return guide_versions.draft(edited, language=language, by=person, at=clock.now())
    found = guide_versions.draft_of(edited, language)
    if found is None:
        raise Http404
    return found


def _gone() -> str:
    return _("Kladden er udgivet eller slettet af en anden.")


def _overtaken(_theirs: GuideVersion) -> str:
    return _("En anden har ændret kladden, efter at du åbnede den. Se på den, og prøv igen.")


@contextmanager
def _problems_as_messages(request: HttpRequest, words: str) -> Iterator[None]:
    """As `conflicts_as_messages`; also shows the problems of an incomplete guide as a message."""
    try:
        with conflicts_as_messages(request, _overtaken):
            yield
    except HasProblems as refusal:
        messages.error(request, words % {"why": _problem_words(refusal)})


def _language(code: str) -> str:
    if code not in Language.values:
        raise Http404
    return code


def _address(slug: str, language: str) -> str:
    return f"{redirect('office:guide', slug).url}?language={language}"


def _back(slug: str, language: str) -> HttpResponse:
    return redirect(_address(slug, language))


def _walked(tree: guides.GuideTree, text: str) -> tuple[list[int], list[guides.Taken]]:
    """The path in a URL with its steps; the beginning when the path is not (or no longer) valid."""
    for written in (text, ""):
        try:
            path = guides.path_from(written)
            return path, guides.walk(tree, path)
        except guides.WrongPath:
            continue
    return [], []


def _ways_on(step: guides.Step, path: list[int]) -> list[tuple[str, str]]:
    """(words, path) of each way on."""
    words = [answer.text for answer in step.answers] if isinstance(step, guides.QuestionStep) else [_("Videre")]
    return [(words[number], guides.path_text([*path, number])) for number in range(len(step.ways))]


def _articles(slugs: tuple[str, ...]) -> list[ArticleVersion]:
    return list(ArticleVersion.objects.in_force(clock.now()).filter(article__slug__in=slugs, language="da"))


def _article_choices(guide: Guide) -> list[tuple[str, str]]:
    """Articles that all readers of the guide may read."""
    slugs = guide_versions.referable(guide, at=clock.now())
    versions = ArticleVersion.objects.in_force(clock.now()).filter(article__slug__in=slugs, language=Language.DANISH)
    return [(version.article.slug, version.title) for version in versions.select_related("article").order_by("title")]


def _problem_words(refusal: HasProblems) -> str:
    first = refusal.problems[0]
    where = f"“{first.step}”: " if first.step else ""
    more = len(refusal.problems) - 1
    return where + guide_versions.sentence(first) + (_(" Og %(n)s fejl mere.") % {"n": more} if more else "")


def _not_saved() -> str:
    return _("En anden har ændret kladden, efter at du åbnede den. Din tekst er ikke gemt endnu.")
