"""Finds every form by crawling the pages and sends it twice at the same moment. Only one submission takes effect."""

from __future__ import annotations

import re
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from datetime import time, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.urls import Resolver404, resolve, reverse

from indgang.accounts.models import Person, RoleAssignment
from indgang.core import clock
from indgang.core.clock import day_of
from indgang.demo import feedback_answers
from indgang.feedback import questionnaires, spoken_comments
from indgang.feedback.models import Questionnaire
from indgang.feedback.studies.models import StudyFinding, StudyRecommendation
from indgang.knowledge import tasks, versions
from indgang.knowledge.models import Article, Language
from indgang.measures.models import SettlementTerms
from indgang.registers import agreements as case_agreements
from indgang.registers.contract import NUMBER, CaseField
from indgang.registers.models import CaseAgreement
from indgang.reports import making
from indgang.reports.models import ReportMilestone
from indgang.workforce import agreements, groups, substitutes
from indgang.workforce.models import PromisedWindow
from tests import knowledge_world, sample
from tests.correspondence.mails import mailbox
from tests.correspondence.secure_post import posts
from tests.feedback import spoken
from tests.feedback.studies import made as studies
from tests.office import decided
from tests.office.pages import Form, forms_of
from tests.office.sounds import sound
from tests.reports.made import template as report_template
from tests.rows import counts
from tests.world import MORNING, World, build

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.slow("sends every form of the office three times, with real commits"),
]

#: forms without the protection against double submission: they store nothing, or the switchboard checks them
NOT_ONCE = {
    "sign-in", "sign-out", "sign-out-everywhere", "still-here", "password", "language",  # concern the own session
    "office:flow-rehearsal", "office:article-preview", "office:table",  # preview only, nothing is stored
    "office:potential-file",  # computes only
    "office:import-mapping",  # preview only
    # looks, which are logged each time
    "office:privacy-people", "office:case-system-trial", "office:mailbox-trial", "desk:cases", "desk:case-answer",
    "office:secure-mailbox-trial", "office:spoken-comment-listening",
    "office:agent-state", "office:agent-call", "desk:shift",  # orders, which the switchboard accepts or refuses
}  # fmt: skip
#: rows that any POST may write
_BY_THE_WAY = {"Submission", "Session", "Mark", "Look", "AccessAttempt", "AccessLog"}
#: valid values by the field's name; other fields are filled by type
_TYPED = {
    "own_number": "20 20 30 40", "login": "e545b339-8542-4a30-ae75-c67e4d2a7b99", "cvr": "64942212",
    "code": "nyt-navn", "username": "nina", "name": "Nyt navn", "title": "Nyt spørgsmål", "text": "En ny tekst.",
    "text_da": "En ny tekst.", "number": "33 66 77 88", "words": "skilt, facadeskilt", "reason": "Fordi",
    "because": "Fordi", "note": "Fordi", "outcome": "Rettet", "lines": "Container = Andet", "short": "Søg først.",
    "body": "Hele svaret.", "order": "20", "spans": "9-12", "day": "2026-03-20", "from_day": "2026-03-20",
    "valid_from": "2026-03-20", "on": "2026-03-20", "publish_from": "", "review_on": "2026-09-01", "until": "",
    "valid_to": "", "id": "nyt-trin", "step_id": "nyt-trin", "email": "ny@kommune.example",
    "mail_address": "ny@kommune.example", "imap_host": "mail.kommune.example", "smtp_host": "mail.kommune.example",
    "phone": "33 66 12 34",
    "mobile": "", "why": "Fordi", "plans": "drop", "0": "8-15", "comment": "Fordi", "question": "Hvad nu?",
    "small_edit_characters": "40", "review_months": "6", "word": "2", "days": "200", "asked": "33 66 77 88",
    "line": "møde i morgen 10-11", "parties": "",
    "address": "https://sager.kommune.example/api/", "secret": "Bearer nyt", "value": "2026-0412",
    "statuses": "UB = Under behandling", "search_number": "sager?nummer={value}", "search_cvr": "sager?cvr={value}",
    "search_telephone": "sager?telefon={value}",
    **{f"source_{name}": str(name) for name in (NUMBER, *CaseField)},
    "per_call": "12,50", "per_minute": "4",
    "minimum": "", "cap": "", "vat_percent": "25",
    "first_day": "2026-03-20", "last_day": "2026-06-10",
    "starts_on": "2026-03-02", "planned": "2026-05-01", "reached": "", "heading": "Nyt afsnit", "position": "55",
    "done": "Vi har talt om det.", "days_after": "2", "sending_days": "3", "notes": "Det gik godt.",
    "target_day": "2026-05-01", "works_from": "2026-03-10", "name_en": "",
    "planned_at": "2026-04-01T09:00", "numbers": "", "leads_to": "", "mail_addresses": "", "mail_to": "",
    "event-name": "Breve", "move-name": "Byfornyelse", "move-calls_a_year": "1200", "move-source": "Forundersøgelsen",
    "day-reason": "Fordi", "start-source": "Skøn", "start-week": "40 35 30 30 20 0 0",
    "granted_on": "2026-03-20", "message": "Vi har én indgang.", "old-place": "Skilt", "old-old_contact": "1",
    "price_falls_percent": "10", "price_falls_after_years": "3",
    "ends_on": "2026-03-20", "remark": "Fordi", "assumed": "2", "source": "Et skøn", "base": "one-number",
    "gain": "Færre opkald.", "change": "-5", "kroner": "120", "not_measured": "Fordi", "baseline_value": "20",
    "baseline_first": "2021-09-01", "baseline_last": "2021-12-31", "baseline_source": "Et skøn",
    "assumption": "",
}  # fmt: skip
#: the second of two people or centres in a form, who is not the first
_ANOTHER = {"substitute", "answered_by", "operator", "mentor"}

#: names in a text that the same page's form of fields proposes too, and has taken
_RENAMED = {"case_text": ("nyt-forslag", "andet-forslag"), "rules_text": ("tmf-egen", "tmf-anden")}
#: a field of one of many rows; one that may be empty means something there
_OF_A_ROW = re.compile(r"-\d+-")
#: the buttons that add and remove rows, and store nothing
_ROWS_ONLY = "do"

_FILES = {
    "table": lambda: SimpleUploadedFile(
        "smileyer.csv",
        b"serie;skala;fra;til;emne;enhed;svar;gennemsnit\nDoer;smileys_1_4;2025-01-01;2025-01-31;satisfaction;;40;3,4\n",
        "text/csv",
    ),
    "content": lambda: SimpleUploadedFile("plan.txt", b"En plan.", "text/plain"),
    "file": lambda: SimpleUploadedFile("ny.wav", sound(), "audio/wav"),
}
_TAKES_AWAY = re.compile(
    r"remov|dropping|end|study-state|withdraw|closure|discard|publication|settle|approval|reject|declin|password|rules|taken|recall|sign-out|second-factor|unusable"
)


@pytest.fixture
def finn(transactional_db: None, settings: Any) -> Iterator[Client]:
    """Finn with every role, in a municipality with data on every page."""
    settings.REGISTER_ADDRESSES = (_TYPED["address"],)
    world = build()
    for role in ("team_leader", "agent", "web_editor", "case_worker"):
        RoleAssignment.objects.create(person=world.finn, role=role)
    RoleAssignment.objects.create(person=world.eva, role="team_leader")  # an agreement has two sides
    with clock.frozen(MORNING + timedelta(minutes=5)):
        _something_of_everything(world)
        client = Client(raise_request_exception=False)
        client.force_login(world.finn)
        yield client


def _something_of_everything(world: World) -> None:
    """Create articles and a guide with drafts, one article in review, one proposal, a task and an agreement."""
    _agreement(world)
    decided.measure(world)
    SettlementTerms.objects.create(owner=world.centres["tmf"], answered_by=world.centres["bif"], per_call=12)
    _case_system(world)
    _reports(world)
    _study(world)
    _feedback(world)
    decided.scenario(world)
    decided.benefits(world)
    decided.rollout(world)
    mailbox(world)
    posts.mailbox(world)
    made = knowledge_world.build(world)
    altan, gravning, refusion = (made.articles[slug] for slug in ("altan", "gravning", "refusion"))
    _draft(altan, world.finn)
    versions.submit(_draft(gravning, world.ida), by=world.ida, at=MORNING)
    tasks.raise_task(kind="missing", question="Hvad koster det?", unit=world.units["cby"], by=world.anna, at=MORNING)
    versions.propose(
        refusion, language=Language.DANISH, title="Kan jeg få refusion?", short="Ja, hvis du søger i tide.", body="",
        reason="Klarere", by=world.anna, at=MORNING,
    )  # fmt: skip


def _agreement(world: World) -> None:
    """Create a draft with one line, which Finn may sign, a group with one member, and a substitute."""
    agreement = agreements.draft(
        world.units["ctb-byliv"], valid_from=day_of(MORNING), contact=world.eva, coordinator=world.finn, by=world.eva,
        at=MORNING,
    )  # fmt: skip
    hours = {"weekdays": "MTOTF--", "opens": time(9), "closes": time(14)}
    agreements.save_window(PromisedWindow(agreement=agreement), hours, [world.david], by=world.eva, at=MORNING)
    group = groups.add(world.units["ctb-byliv"], name="Events", by=world.eva, at=MORNING)
    period: dict[str, Any] = {"valid_from": day_of(MORNING), "valid_to": None, "by": world.eva, "at": MORNING}
    groups.add_member(group, world.david, **period)
    substitutes.add(world.david, world.bo, **period)


def _case_system(world: World) -> None:
    values = {
        "name": "Byggesager", "adapter": "rest", "address": _TYPED["address"], "place": "sager",
        "searches": {"number": _TYPED["search_number"]}, "sources": {"number": "nummer"}, "given": [],
        "valid_from": day_of(MORNING),
    }  # fmt: skip
    case_agreements.save(CaseAgreement(), values, units=[world.units["cby"]], by=world.finn, at=MORNING)


def _reports(world: World) -> None:
    """Create a template, the draft of a report, and a milestone."""
    report_template(world, starts_on=day_of(MORNING) - timedelta(days=9))
    making.make_due(at=MORNING)
    ReportMilestone.objects.create(centre=world.centres["tmf"], title="Nyt flow", planned=day_of(MORNING))


def _study(world: World) -> None:
    """Create a session that goes on, with a finding and a recommendation."""
    session, _people, _questions = studies.session(world)
    StudyFinding.objects.create(study=session, topic="ideas", severity="good", text="Godt")
    StudyRecommendation.objects.create(study=session, way="project", text="Byg det")


def _feedback(world: World) -> None:
    """Create the questionnaires, a rule, and the draft of a new version."""
    feedback_answers.seed({"finn": world.finn}, at=MORNING)
    asked = Questionnaire.objects.get(code="after-call")
    questionnaires.draft(asked, by=world.finn, at=MORNING)
    spoken_comments.listen(spoken.without_call(world, at=MORNING), by=world.finn, at=MORNING)


def _draft(article: Article, by: Person) -> Any:
    draft = versions.draft(article, language=Language.DANISH, by=by, at=MORNING)
    return versions.save(
        draft, title=draft.title, short="Søg altid om tilladelse først, og vent på svaret, før du går i gang.",
        body="Et nyt afsnit, der er langt nok til, at nogen skal godkende det, før det kan læses af andre.",
        words=["balkon"], links=[], reason="Nyt", revision=draft.revision, by=by, at=MORNING,
    )  # fmt: skip


def test_every_form_sent_twice_at_once_makes_the_rows_of_one_and_edits_carry_what_they_were_made_from(
    finn: Client,
) -> None:
    """One test, because finding the forms takes twenty seconds of processor time."""
    forms = _forms(finn)
    assert _edits_without_revision(form for _page, form in forms) <= NO_REVISION
    found = {_key(form): (page, form.action) for page, form in reversed(forms)}
    untaken: dict[str, int] = {}
    sent: set[str] = set()
    for name, (page, action) in sample.some(sorted(found.items(), key=_gone_last)):
        form = _form_again(finn, page, action, name)
        if form is None:
            continue  # an earlier form has removed it from the page
        before = _rows()
        status, once = _tried(finn, form, before)
        if status >= 400:
            untaken[name] = status
            continue
        sent.add(name)
        answers = _twice(finn, form)
        twice = _difference(before, _rows())
        assert twice == once, f"{name} on {page}: {twice} instead of {once}"
        assert all(answer < 400 or answer == 409 for answer in answers), (name, answers)
    assert not untaken, sorted(untaken)
    assert len(sent) >= 50 or sample.TAKEN, sorted(set(found) - sent)


#: forms with initial values that are not the stored values
NO_REVISION = {
    "office:person-roles", "office:person-competences", "office:agent-levels",  # give a role or skill
    "office:capacity-choices", "office:capacity",  # make or give a profile
    "office:queue-message-new", "office:knowledge-task-article", "office:disturbances",  # make a new row
    "office:person-queues", "office:queue-members", "office:centre-greetings",  # make a new row
    "office:agreement-new", "office:agreement-line-new",  # make a new row
    "office:cooperation-new", "office:cooperation-target-new", "office:cooperation-estimate",  # make or fill in a row
    "office:cooperation-end",  # sets the last day
    "office:baseline-new", "office:baseline-days",  # make a new row
    "office:benefit-months", "office:benefit-withdrawal",  # close a month, and end a contract
    "office:questionnaire-publication", "office:asking-rule-end",  # set a day
    "office:workbench-adoption",  # writes another variant into the draft
    "office:group-members", "office:substitutes",  # make a new row
    "office:mailbox-rule-new",  # makes a new row
    "office:case-system-end", "office:mailbox-end", "office:secure-mailbox-end",  # set the last day
    "office:study-team", "office:study-participant-new", "office:study-finding-new", "office:study-tasks",  # new rows
    "office:study-recommendation-new", "office:study-outcome", "office:crowd-questions",  # make a new row
    "office:agreement-end", "office:group-member-end", "office:substitute-end",  # set the last day
    "office:person-role-end", "office:claim-rule-end", "office:shift-contract-end",
    "office:person-queue-end", "office:queue-member-end",  # set the last day
    "office:person-numbers", "office:person-number-end",  # adds a number, or sets its last day
    "office:call-events", "office:moved-services", "office:judged-days", "office:forecast-stand-in",  # make a row
    "office:settlement-terms-end",  # sets the last day
    "office:privacy-kind",  # adds a decision from a day; earlier ones stay in the list
    "office:report-block-new", "office:report-milestones",  # make a new row
    "office:scenario-runs",  # makes a new row
    "office:rollout-stage-new", "office:rollout-activity-new", "office:rollout-risk-new",  # make a new row
    "office:rollout-milestone-new", "office:rollout-message-new", "office:rollout-place-new", "office:rollout-unit",
    "office:rollout-services", "office:stage-moves",  # add services
    "office:improvement-completion",  # today is proposed
    "office:shift-plans", "office:shift-contract", "office:shift-plan-need", "office:shift-plan-run",  # make a new row
    "office:shift-plan-forecast-need", "office:shift-plan-fixed",  # make new rows
    "office:shift-plan-held",  # holds a row
    "office:shift-meetings",  # makes a new row
    "office:shift-meeting-end",  # sets the last day
    "office:switchover-decision", "office:switchover-taking-back",  # decide by what stands on the page
    "office:schedule-copy-day", "office:schedule-exceptions",  # ask before they replace rows
}  # fmt: skip


def _edits_without_revision(forms: Iterable[Form]) -> set[str]:
    without = set()
    for form in forms:
        match = resolve(form.action.partition("?")[0])
        shown = {name for name, values in form.fields.items() if name not in form.hidden and any(values)}
        if match.kwargs and shown and not any(name.endswith("revision") for name in form.fields):
            without.add(match.view_name)
    return without


def _gone_last(entry: tuple[str, Any]) -> tuple[bool, str]:
    """Sorts forms that delete last, so that the other forms still find their rows."""
    return bool(_TAKES_AWAY.search(entry[0])), entry[0]


def _key(form: Form) -> str:
    """Returns the URL name of the form's address, with its button if any."""
    name = _name(form.action)
    return f"{name} {form.buttons[0][0]}" if form.buttons else name


def _forms(client: Client) -> list[tuple[str, Form]]:
    """Returns the forms of all reachable pages with their pages, in the order of the crawl."""
    found: list[tuple[str, Form]] = []
    seen: set[str] = set()
    patterns: dict[str, int] = {}
    waiting = deque([reverse("office:units"), reverse("desk:knowledge"), *_starts()])
    while waiting:
        page = waiting.popleft()
        if page in seen or not _is_page(page, patterns):
            continue
        seen.add(page)
        answer = client.get(page)
        if answer.status_code != 200 or not answer.headers.get("Content-Type", "").startswith("text/html"):
            continue
        html = answer.content.decode()
        posted = [form for form in forms_of(html, page) if form.method == "post"]
        found += [(page, form) for form in posted if _name(form.action) not in NOT_ONCE]
        waiting.extend(re.findall(r'(?:href|hx-get)="(/(?:office|desk)/[^"#]*)"', html))
    return found


def _starts() -> list[str]:
    names = ("wallboards", "queues", "prompts", "entry-points", "flows", "people", "operations", "synonyms", "news")
    return [reverse(f"office:{name}") for name in (*names, "knowledge-rules", "articles", "guides", "knowledge-inbox")]


def _is_page(address: str, patterns: dict[str, int]) -> bool:
    """Whether to crawl this address: three pages of a kind are enough, with two exceptions."""
    path = address.replace("&amp;", "&").partition("?")[0]
    name = _name(path)
    patterns[name] = patterns.get(name, 0) + 1
    return bool(name) and patterns[name] <= (12 if name in ("office:article", "office:queue-message") else 3)


def _name(address: str) -> str:
    try:
        return resolve(address.partition("?")[0]).view_name
    except Resolver404:
        return ""


def _form_again(client: Client, page: str, action: str, name: str) -> Form | None:
    """Fetch the form anew, with a token of its own. Returns None if it is gone."""
    answer = client.get(page)
    forms = forms_of(answer.content.decode(), page) if answer.status_code == 200 else []
    there = [form for form in forms if form.method == "post" and form.action == action]
    return next((form for form in there if not form.buttons or name.endswith(f" {form.buttons[0][0]}")), None)


def _filled(form: Form) -> dict[str, Any]:
    data: dict[str, Any] = {name: list(values) for name, values in form.fields.items()}
    for name, values in form.fields.items():
        if name in ("csrfmiddlewaretoken", "form_token", "back", "open") or name.endswith("revision"):
            continue
        hidden = name in form.hidden
        if (
            name in _TYPED
            and not hidden
            and (not any(values) or name in ("reason", "name", "plans", "from_day", "base"))
        ):
            data[name] = _TYPED[name]
        elif name in form.options and not any(values) and not _OF_A_ROW.search(name):
            options = [each for each in form.options[name] if each] or [""]
            data[name] = options[-1 if name in _ANOTHER else 0]
    for name, (proposed, other) in _RENAMED.items():
        if name in data:
            data[name] = data[name][0].replace(proposed, other)
    for name, choices in form.boxes.items():
        if name != "whole":  # a role holds for one unit or for all
            data.setdefault(name, choices[:1])
    data |= {name: _FILES[name]() for name in form.files}
    if form.buttons and form.buttons[0][0] != _ROWS_ONLY:
        data[form.buttons[0][0]] = form.buttons[0][1]
    return data


def _tried(client: Client, form: Form, before: dict[str, int]) -> tuple[int, dict[str, int]]:
    """Send a form once and roll back. Returns the status and the changes in row counts."""
    with transaction.atomic():
        answer = client.post(form.action, _filled(form))
        did = _difference(before, _rows())
        transaction.set_rollback(True)
    return answer.status_code, did


def _twice(client: Client, form: Form) -> list[int]:
    together, answers = threading.Barrier(2), list[int]()
    key = client.cookies[settings.SESSION_COOKIE_NAME].value

    def send() -> None:
        own = Client(raise_request_exception=False)
        own.cookies[settings.SESSION_COOKIE_NAME] = key
        typed = _filled(form)
        together.wait(timeout=20)
        try:
            answers.append(own.post(form.action, typed).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _click in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(answers) == 2
    return answers


def _rows() -> dict[str, int]:
    models = [model for model in apps.get_models() if model.__module__.startswith("indgang.") and model._meta.managed]
    return counts(model for model in models if model.__name__ not in _BY_THE_WAY)


def _difference(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    return {name: after[name] - count for name, count in before.items() if after[name] != count}
