"""The questions below a page: the same for everybody, so that the page stays in the cache, and answered without a name.

The form carries a signed token of its page, of the page's version and of the questions, as they were when the page was
made on that day. So an answer counts for what its reader saw, also when the page or the questions change meanwhile.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core import signing
from django.http import HttpRequest
from django.utils.translation import gettext as _

from indgang.catalogue.models import Service, Unit
from indgang.core import clock
from indgang.core.clock import day_of
from indgang.core.text import whole_number
from indgang.feedback import page_forms, questionnaires, scales
from indgang.feedback.models import QuestionnaireVersion, SurveyKind, SurveyQuestion
from indgang.portal import votes
from indgang.portal.page_cache import for_seconds
from indgang.portal.pages import address, language
from indgang.portal.visitors import Allowance

_SALT = "indgang.portal.opinions"
#: where pages are
ARTICLE, FORM, OTHER_SITE = "article", "form", "site"
LONGEST = 1000
#: answers from one address: for one page and altogether in an hour; many people in an office share an address
_FOR_PAGE = Allowance(5, 3600.0)
_WITHOUT_KEY = Allowance(1, 3600.0)
_ALTOGETHER = Allowance(30, 3600.0)
#: how long a process relies on what it has read about a page, in seconds; only keys of signed tokens are looked up
_REMEMBERED = 60.0
#: nobody reads and answers faster, in seconds
_FASTEST = 2
#: what only programs write into a comment
_ADVERTISING = re.compile(r"<a\s|\[url|https?://\S+.*https?://", re.IGNORECASE | re.DOTALL)
_KEY = re.compile(r"[\w-]{8,64}")


@dataclass(frozen=True, slots=True)
class AskedPage:
    """A page whose readers are asked: the kind of questions, where it is, in which version, and whose.

    `ref` names it within its `place`: the article's slug, the form's code, or host and path on another website.
    """

    kind: str
    place: str
    ref: str
    version: str
    unit: Unit | None
    service: Service | None = None


@dataclass(frozen=True, slots=True)
class ReadToken:
    """What a form was about when its page was made."""

    kind: str
    place: str
    ref: str
    page_version: str
    questions: QuestionnaireVersion
    unit: Unit | None
    service: Service | None
    day: date
    with_visit: bool

    def is_late(self, at: datetime) -> bool:
        """Whether the time to answer is over; it runs from the end of the day of the form."""
        return day_of(at - timedelta(hours=self.questions.deadline_hours)) > self.day


@dataclass(frozen=True, slots=True)
class ShownQuestion:
    name: str
    text: str
    keys: range
    typed: str = ""


@dataclass(frozen=True, slots=True)
class OpinionForm:
    """The form for the template."""

    title: str
    rated: list[ShownQuestion]
    open: list[ShownQuestion]
    action: str
    opening: str = ""
    token: str = ""
    key: str = ""
    fault: str = ""
    with_visit: bool = False
    boxed: bool = False
    page: str = ""
    longest: int = LONGEST

    @property
    def least(self) -> int:
        return self.rated[0].keys[0] if self.rated else 0

    @property
    def most(self) -> int:
        return self.rated[0].keys[-1] if self.rated else 0


def below(request: HttpRequest, asked: AskedPage) -> OpinionForm | None:
    """The form below a page of our own; None where its readers are not asked."""
    return form_of(asked, action=address(request, "opinion"), language=language(), at=clock.now())


def form_of(page: AskedPage, *, action: str, language: str, at: datetime, boxed: bool = False) -> OpinionForm | None:
    """The form below the page; None where its owner does not ask."""
    held = page_forms.form_for(page.kind, page.unit)
    questions = questionnaires.in_use(page.kind, day_of(at), keys=False) if held else None
    if held is None or questions is None:
        return None
    token = _token(page, questions, day_of(at), with_visit=held.with_visit)
    return shown(questions, {}, action=action, language=language, token=token, with_visit=held.with_visit, boxed=boxed)


def shown(
    version: QuestionnaireVersion, typed: Mapping[str, str], *, action: str, language: str, level: int | None = None,
    without: Collection[int] = (), **more: Any,
) -> OpinionForm:  # fmt: skip
    """The questions of a version, with what was typed, but for those at the positions `without`."""
    asked = [each for each in asked_of(version, level) if each.position not in without]
    rows = [(each, _shown(each, typed, language)) for each in asked]
    return OpinionForm(
        title=_("Hvad synes du om siden?") if level is None else _("Spørgsmål"), action=action,
        opening=version.opening_in(language), rated=[row for each, row in rows if each.is_rated],
        open=[row for each, row in rows if not each.is_rated], **more,
    )  # fmt: skip


def asked_of(version: QuestionnaireVersion, level: int | None) -> list[SurveyQuestion]:
    """The questions in order; those asked at this level alone, or all."""
    rows = [each for each in version.questions.all() if level is None or each.level in (None, level)]
    return sorted(rows, key=lambda each: each.position)


def _shown(question: SurveyQuestion, typed: Mapping[str, str], language: str) -> ShownQuestion:
    keys = scales.values(question.scale) if question.is_rated else range(0)
    return ShownQuestion(name_of(question), question.text_in(language), keys, typed.get(name_of(question), ""))


def name_of(question: SurveyQuestion) -> str:
    return f"q{question.position}"


def read(
    version: QuestionnaireVersion, sent: Mapping[str, str], *, level: int | None = None
) -> tuple[dict[int, int], str]:
    """The values by the position of their question, and the comment. What is not on the scale is left out."""
    values: dict[int, int] = {}
    comments: list[str] = []
    for question in asked_of(version, level):
        text = sent.get(name_of(question), "")
        if not question.is_rated:
            comments.append(text.replace("\x00", "").strip()[:LONGEST])
        elif (value := whole_number(text)) is not None and value in scales.ends(question.scale):
            values[question.position] = value
    return values, "\n\n".join(filter(None, comments))


def fault_of(request: HttpRequest, values: Mapping[int, int], comment: str) -> str:
    """Why an answer does not count, as its reader can mend it; "" when it does."""
    if not votes.is_ours(request):
        return _("Svaret blev sendt fra en anden hjemmeside. Send det igen herfra.")
    return "" if values or comment else _("Vælg et tal, eller skriv noget, før du sender.")


def _token(page: AskedPage, questions: QuestionnaireVersion, day: date, *, with_visit: bool) -> str:
    """The same for all readers on the day, and so is the page."""
    facts = [
        page.kind, page.place, page.ref, page.version, questions.pk, page.unit.pk if page.unit else None,
        page.service.pk if page.service else None, day.isoformat(), int(with_visit),
    ]  # fmt: skip
    return signing.Signer(salt=_SALT).sign_object(facts)


def page_of(token: str) -> ReadToken | None:
    """The page of a token; None for a forged one, or when its questions are gone."""
    try:
        facts = signing.Signer(salt=_SALT).unsign_object(token[:1000])
        kind, place, ref, page_version, questions, unit, service, day, with_visit = facts
    except (signing.BadSignature, ValueError):
        return None
    found = _questions(questions)
    if found is None:
        return None
    owner, subject = _unit(unit) if unit else None, _service(service) if service else None
    return ReadToken(kind, place, ref, page_version, found, owner, subject, date.fromisoformat(day), bool(with_visit))


@for_seconds(_REMEMBERED, changes=True)
def _questions(pk: int) -> QuestionnaireVersion | None:
    """What is published never changes."""
    rows = QuestionnaireVersion.objects.select_related("questionnaire").prefetch_related("questions")
    return rows.filter(pk=pk, questionnaire__kind__in=SurveyKind.values).first()


@for_seconds(_REMEMBERED, changes=True)
def _unit(pk: int) -> Unit | None:
    return Unit.objects.filter(pk=pk).first()


@for_seconds(_REMEMBERED, changes=True)
def _service(pk: int) -> Service | None:
    return Service.objects.filter(pk=pk).first()


# --- programs that fill in forms ------------------------------------------------------------------


def is_a_program(sent: Mapping[str, str], comment: str) -> bool:
    """Whether it fills in the field that people do not see, is faster than a reader, or advertises."""
    took = whole_number(sent.get("took", ""))
    too_fast = took is not None and took < _FASTEST
    return is_trapped(sent) or too_fast or bool(_ADVERTISING.search(comment))


def is_trapped(sent: Mapping[str, str]) -> bool:
    """Whether it fills in the field that people do not see. Of the invited nothing more is asked: they have a link of
    their own, and may write addresses of pages."""
    return bool(sent.get("website"))


def key_in(sent: Mapping[str, str]) -> str:
    """The key that the browser made for this form; "" without a script."""
    key = sent.get("key", "")
    return key if _KEY.fullmatch(key) else ""


def counts(request: HttpRequest, page: ReadToken, key: str) -> bool:
    """Whether the visitor may answer about this page (once more); False for too many from one address."""
    once = _FOR_PAGE if key else _WITHOUT_KEY
    return once.take(request, f"{page.place} {page.ref} {page.page_version}") and _ALTOGETHER.take(request)
