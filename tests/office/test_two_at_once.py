"""Two people edit the same form: no change is overwritten unseen, and the second person's input is not lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model
from django.urls import reverse

from indgang.accounts.models import Person
from indgang.catalogue.models import ContactCentre, DirectoryEntry, Purpose, Schedule, Service, Unit
from indgang.core import clock
from indgang.core.clock import COPENHAGEN
from indgang.entry.models import EntryPoint, Prompt, Queue, QueueMembership, QueueMessage
from indgang.entry.setup import prompts
from indgang.knowledge import news, policy, synonyms
from indgang.knowledge.models import Article, News, SynonymGroup
from tests.office.conftest import SignIn
from tests.office.knowledge.house import article, web_editor
from tests.office.pages import Form, form_at, forms_of
from tests.office.sounds import sound
from tests.world import MORNING, World


@dataclass(frozen=True)
class Edit:
    """A form of the office: its page, its address, and two fields with the values that two people type."""

    page: str
    action: str
    first: tuple[str, Any]
    second: tuple[str, Any]
    row: Callable[[], Any]
    #: reads the two fields from the row
    read: Callable[[Any], tuple[Any, Any]]


def _attributes(*names: str) -> Callable[[Model], tuple[Any, ...]]:
    return lambda row: tuple(getattr(row, name) for name in names)


def _rows(world: World) -> dict[str, Edit]:
    """Returns every edit form of the office, by name."""
    entry = DirectoryEntry.objects.get(initials="aase")
    point = EntryPoint.objects.order_by("pk")[0]
    message = QueueMessage.objects.get()
    entry_page, point_page = f"/office/directory/{entry.pk}/", f"/office/entry-points/{point.pk}/"
    message_page = f"/office/queues/tmf-byggeri/messages/{message.pk}/"
    anna_page = f"/office/people/{world.anna.pk}/"
    return {
        "unit": Edit("/office/units/ctb-byliv/", "", ("name", "Byliv og fest"), ("phone", "33661234"),
                     lambda: Unit.objects.get(code="ctb-byliv"), _attributes("name", "phone")),
        "centre": Edit(reverse("office:centre-setup", args=["tmf"]), "", ("name", "Nyt navn"), ("site", "Rådhuset"),
                       lambda: ContactCentre.objects.get(code="tmf"), _attributes("name", "site")),
        "service": Edit("/office/services/affald/", "", ("name", "Affald og genbrug"), ("keywords", "spand"),
                        lambda: Service.objects.get(code="affald"), _attributes("name", "keywords")),
        "purpose": Edit("/office/purposes/klage/", "", ("name", "Klager og ris"), ("name_en", "Grievances"),
                        lambda: Purpose.objects.get(code="klage"), _attributes("name", "name_en")),
        "schedule": Edit(reverse("office:schedule", args=["tmf-9-16"]), "", ("name", "TMF"), ("closed_on_holidays", []),
                         lambda: Schedule.objects.get(code="tmf-9-16"), _attributes("name", "closed_on_holidays")),
        "directory": Edit(entry_page, "", ("name", "Åse Å."), ("title", "Chef"),
                          lambda: DirectoryEntry.objects.get(pk=entry.pk), _attributes("name", "title")),
        "entry point": Edit(point_page, "", ("name", "Hovednummer"), ("language", "en"),
                            lambda: EntryPoint.objects.get(pk=point.pk), _attributes("name", "language")),
        "queue": Edit("/office/queues/tmf-byggeri/", "", ("priority", "5"), ("ring_seconds", "33"),
                      lambda: Queue.objects.get(code="tmf-byggeri"), _attributes("priority", "ring_seconds")),
        "queue and its steps": Edit("/office/queues/tmf-byggeri/", "", ("priority", "5"), ("s0-level0", "1"),
                                    lambda: Queue.objects.get(code="tmf-byggeri"),
                                    lambda row: (row.priority, row.steps[0]["skills"]["byggesag"])),
        "queue message": Edit(message_page, "", ("phase", "fase 3"), ("every_seconds", "60"),
                              lambda: QueueMessage.objects.get(pk=message.pk), _attributes("phase", "every_seconds")),
        "prompt": Edit("/office/prompts/velkomst/", "", ("text_da", "Goddag."), ("text_en", "Good day."),
                       lambda: Prompt.objects.filter(code="velkomst").order_by("language"),
                       lambda rows: (rows[0].text, [row.text for row in rows if row.language == "en"])),
        "person": Edit(anna_page, "", ("name", "Anna Ny"), ("email", "anna@kommune.example"),
                       lambda: Person.objects.get(pk=world.anna.pk), _attributes("name", "email")),
    }  # fmt: skip


NAMES = (
    "unit", "centre", "service", "purpose", "schedule", "directory", "entry point", "queue", "queue and its steps",
    "queue message", "prompt", "person",
)  # fmt: skip


def _open(client: Any, edit: Edit) -> Form:
    return form_at(client, edit.page, edit.action or edit.page)


def _send(client: Any, form: Form, field: tuple[str, Any]) -> Any:
    return client.post(form.action, form.fields | {field[0]: field[1]})


def _deletable(world: World, name: str) -> tuple[str, str, str, str, dict[str, Any]]:
    """Returns an edit form (page, address, a field), and the address and data of the form that deletes its row."""
    if name == "queue message":
        page = f"/office/queues/tmf-byggeri/messages/{QueueMessage.objects.get().pk}/"
        return page, page, "phase", f"{page}removal/", {}
    if name == "prompt":
        prompts.write(code="ledig", language="da", text="Hej", unit=None, by=world.finn, at=MORNING)
        return "/office/prompts/ledig/", "/office/prompts/ledig/", "text_da", "/office/prompts/ledig/removal/", {}
    if name == "synonyms":
        group = synonyms.write(None, words=["skrald", "dagrenovation"], by=world.finn, at=MORNING)
        address = reverse("office:synonym-group", args=[group.pk])
        return reverse("office:synonyms"), address, "words", address, {"remove": "1"}
    begins = MORNING + timedelta(days=1)
    item = news.write(
        None, title="Ny frist", text="Fristen er flyttet.", title_en="", text_en="", service=None,
        shown_from=begins, shown_until=begins + timedelta(days=9), by=world.finn, at=MORNING,
    )  # fmt: skip
    address = reverse("office:news-item", args=[item.pk])
    return address, address, "title", reverse("office:news-end", args=[item.pk]), {}


@pytest.mark.parametrize("name", ["queue message", "prompt", "synonyms", "news"])
def test_who_edits_what_another_has_deleted_is_told_who_did_and_has_what_was_typed(
    world: World, as_person: SignIn, name: str
) -> None:
    page, action, field, deletion, extra = _deletable(world, name)
    client = as_person("finn")
    form, deleting = form_at(client, page, action), form_at(client, page, deletion)
    assert client.post(deletion, deleting.fields | extra).status_code == 302
    answer = client.post(action, form.fields | {field: "noget jeg skrev"})
    assert answer.status_code == 404
    said = answer.content.decode()
    assert f"Det er slettet af Finn Fyrrelund (finn) kl. {clock.now().astimezone(COPENHAGEN):%H:%M}." in said
    assert "noget jeg skrev" in said


def test_what_is_not_theirs_is_not_told_to_be_deleted(world: World, as_person: SignIn) -> None:
    item = news.write(
        None, title="Ny frist", text="Fristen er flyttet.", title_en="", text_en="", service=None,
        shown_from=MORNING, shown_until=MORNING + timedelta(days=9), by=world.finn, at=MORNING,
    )  # fmt: skip
    news.end(item, by=world.finn, at=MORNING + timedelta(hours=1))
    for pk in (item.pk, item.pk + 1):
        answer = as_person("eva").get(reverse("office:news-item", args=[pk]))
        assert answer.status_code in (403, 404)
        assert "Det er slettet" not in answer.content.decode()


@pytest.mark.parametrize("name", NAMES)
def test_the_second_is_shown_what_the_first_changed_and_keeps_what_was_typed(
    world: World, as_person: SignIn, name: str
) -> None:
    edit = _rows(world)[name]
    _both_end_in_the_row(as_person("finn"), edit)


def _both_end_in_the_row(client: Any, edit: Edit) -> None:
    first, second = _open(client, edit), _open(client, edit)
    untouched = edit.read(edit.row())
    assert _send(client, first, edit.first).status_code == 302
    after_first = edit.read(edit.row())
    assert after_first[0] != untouched[0]
    refused = _send(client, second, edit.second)
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "Andre har ændret noget her" in page
    assert edit.read(edit.row()) == after_first
    again = next(
        each for each in forms_of(page, edit.page) if "revision" in each.fields and each.action == second.action
    )
    assert again.fields.get(edit.second[0], []) == ([edit.second[1]] if isinstance(edit.second[1], str) else [])
    assert client.post(again.action, again.fields).status_code == 302
    both = edit.read(edit.row())
    assert both[0] == after_first[0]
    assert both[1] != untouched[1]


def test_knowledge_is_kept_in_the_same_way(world: World, as_person: SignIn) -> None:
    vera = web_editor(world)
    group = synonyms.write(None, words=["skilt", "facadeskilt"], by=vera, at=MORNING)
    piece = news.write(
        None, title="Lukket", text="Vi flytter.", title_en="", text_en="", service=None, shown_from=MORNING,
        shown_until=MORNING.replace(month=5), by=vera, at=MORNING,
    )  # fmt: skip
    _both_end_in_the_row(as_person("vera"), Edit(
        reverse("office:news-item", args=[piece.pk]), "", ("title", "Flytning"), ("text", "Vi flytter i dag."),
        lambda: News.objects.get(pk=piece.pk), _attributes("title", "text"),
    ))  # fmt: skip
    shown = article(world, vera)
    _both_end_in_the_row(as_person("finn"), Edit(
        reverse("office:article", args=[shown.slug]), reverse("office:article-facts", args=[shown.slug]),
        ("audience", "staff"), ("review_on", "2026-09-01"), lambda: Article.objects.get(pk=shown.pk),
        _attributes("audience", "review_on"),
    ))  # fmt: skip
    groups, one = reverse("office:synonyms"), reverse("office:synonym-group", args=[group.pk])
    stale = [form_at(as_person("finn"), groups, one) for _person in range(2)]
    finn = as_person("finn")
    assert finn.post(one, stale[0].sent(words="skilt, facadeskilt, banner")).status_code == 302
    assert finn.post(one, stale[1].sent(words="skilt, gavl")).status_code == 422
    assert finn.post(one, stale[1].sent(remove="1")).status_code == 422
    assert SynonymGroup.objects.get(pk=group.pk).words == ["skilt", "facadeskilt", "banner"]


def test_two_leaders_choose_an_agents_queues(world: World, as_person: SignIn) -> None:
    page = reverse("office:agent", args=["tmf", world.anna.pk])
    action = reverse("office:agent-queues", args=["tmf", world.anna.pk])
    forms = [form_at(as_person("eva"), page, action) for _leader in range(2)]
    assert as_person("eva").post(action, forms[0].sent(queues=[])).status_code == 200
    served = [str(pk) for pk in forms[1].fields["queues"]]
    other = str(world.queues["tmf-byliv"].pk)
    assert as_person("eva").post(action, forms[1].sent(queues=[*served, other])).status_code == 422
    assert not QueueMembership.objects.filter(person=world.anna, queue__centre__code="tmf", active=True).exists()


def test_a_field_that_both_change_alike_is_no_conflict(world: World, as_person: SignIn) -> None:
    finn = as_person("finn")
    forms = [form_at(finn, "/office/units/ctb-byliv/") for _person in range(2)]
    for form in forms:
        assert finn.post(form.action, form.sent(name="Byliv og fest")).status_code == 302


def test_the_difference_is_told_in_words(world: World, as_person: SignIn) -> None:
    finn = as_person("finn")
    forms = [form_at(finn, "/office/queues/tmf-byggeri/") for _person in range(2)]
    finn.post(forms[0].action, forms[0].sent(choose="best_skilled", priority="4"))
    page = finn.post(forms[1].action, forms[1].sent(priority="7")).content.decode()
    assert "Længst ledig</del> → <ins>Bedst kvalificeret" in page
    assert "Du har skrevet: 7. Det står i feltet." in page


def test_rules_are_decided_on_top_of_what_holds(world: World, as_person: SignIn) -> None:
    finn, page = as_person("finn"), reverse("office:knowledge-rules")
    forms = [form_at(finn, page) for _person in range(2)]
    assert finn.post(page, forms[0].sent(small_edit_characters="40")).status_code == 302
    refused = finn.post(page, forms[1].sent(review_months="6"))
    assert refused.status_code == 422
    assert "60</del> → <ins>40" in refused.content.decode()
    assert finn.post(page, form_of(refused, page).sent(valid_from="2026-03-12")).status_code == 302
    assert (policy.on(date(2026, 3, 12)).small_edit_characters, policy.on(date(2026, 3, 12)).review_months) == (40, 6)


def form_of(answer: Any, page: str) -> Form:
    return next(each for each in forms_of(answer.content.decode(), page) if "revision" in each.fields)


def test_a_recording_that_somebody_has_put_up_meanwhile_is_not_replaced_unseen(world: World, as_person: SignIn) -> None:
    page, action = (reverse(name, args=["velkomst"]) for name in ("office:prompt", "office:prompt-recording"))
    finn, told = as_person("finn"), []
    forms = [form_at(finn, page, action) for _person in range(2)]
    for number, form in enumerate(forms):
        file = SimpleUploadedFile(f"{number}.wav", sound(), "audio/wav")
        told.append(finn.post(action, form.fields | {"file": file}))
    assert [answer.status_code for answer in told] == [302, 422]
    assert "Optagelse (da)" in told[1].content.decode()
    assert Prompt.objects.get(code="velkomst", language="da").recording_name == "0.wav"
