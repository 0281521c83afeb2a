"""A switch of the tests: building permits come from an old number of their own to the centre of TMF."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from indgang.catalogue import service_contacts
from indgang.catalogue.models import ContactCentre
from indgang.correspondence.models import Mailbox
from indgang.demo import feedback_answers
from indgang.entry.models import EntryPoint, Flow, FlowVersion, Queue
from indgang.entry.setup import flow_versions, queue_terms
from indgang.feedback.models import AskingRule, Questionnaire
from indgang.knowledge import versions
from indgang.knowledge.models import Article, ArticleVersion
from indgang.programme.switchover import rehearsing, setting_up
from indgang.programme.switchover.models import Switchover
from tests.world import MORNING, World

SERVICE, OLD_NUMBER, OLD_ADDRESS = "byggetilladelse", "+4533665200", "byg@kommune.example"
#: a quarter past eleven in Copenhagen, the next day
AT = MORNING + timedelta(days=1, hours=1, minutes=45)


def old_number(world: World) -> EntryPoint:
    """The number of the building permits leads to the flow of the citizens' service."""
    point: EntryPoint = EntryPoint.objects.create(
        number=OLD_NUMBER, name="Byggesager", centre=world.centres["kff"], flow=world.flows["borger"]
    )
    return point


def new_flow(world: World, title: str = "Nyt forløb") -> FlowVersion:
    """A draft of the flow of TMF with another heading."""
    draft = flow_versions.new_draft(world.flows["erhverv"], by=world.finn, at=MORNING)
    wanted = {**draft.definition, "title": title}
    return flow_versions.save_draft(draft, wanted, revision=draft.revision, by=world.finn, at=MORNING)


def page_in_review(world: World, article: Article, short: str = "Ring til kontaktcentret.") -> ArticleVersion:
    """A better text by Ida, which Finn may approve."""
    draft = versions.draft(article, language="da", by=world.ida, at=MORNING)
    saved = versions.save(
        draft, title=draft.title, short=short, body="Kontaktcentret svarer på det meste med det samme, og stiller om.",
        words=[], links=[], reason="Skift", revision=draft.revision, by=world.ida, at=MORNING,
    )  # fmt: skip
    return versions.submit(saved, by=world.ida, at=MORNING)


def own_contact(world: World) -> None:
    service_contacts.show(
        world.services[SERVICE], phone="33 66 52 00", email="byg@kommune.example", by=world.finn,
        at=MORNING - timedelta(days=90),
    )  # fmt: skip


def old_mailbox(world: World) -> Mailbox:
    """The mails to the building permits wait in a queue of the citizens' service."""
    queue = mail_queue("kff-mail", world.centres["kff"])
    made: Mailbox = Mailbox.objects.create(
        code="byg", name="Byggesager", address=OLD_ADDRESS, centre=world.centres["kff"], queue=queue,
        adapter=Mailbox.Adapter.SIMULATED,
    )  # fmt: skip
    return made


def new_mailbox(world: World) -> Mailbox:
    queue = mail_queue("tmf-mail", world.centres["tmf"])
    made: Mailbox = Mailbox.objects.create(
        code="kontakt", name="Kontakt", address="kontakt@kommune.example", centre=world.centres["tmf"], queue=queue,
        adapter=Mailbox.Adapter.SIMULATED,
    )  # fmt: skip
    return made


def mail_queue(code: str, centre: ContactCentre) -> Queue:
    queue = Queue.objects.create(
        code=code, work=Queue.Work.WRITTEN, name=f"Mails {code}", centre=centre, ring_seconds=30,
        schedule=centre.schedule,
    )  # fmt: skip
    queue_terms.first([queue])
    return queue


def questionnaire(world: World) -> Questionnaire:
    """The one after calls; no rule asks by it yet."""
    feedback_answers.seed({"finn": world.finn}, at=MORNING)
    AskingRule.objects.all().delete()
    return Questionnaire.objects.get(code="after-call")


def switch(world: World, **values: Any) -> Switchover:
    given = {
        "service": world.services[SERVICE], "centre": world.centres["tmf"], "planned_at": AT, "flow": None,
        "numbers": [], "leads_to": None, "addresses": [], "mail_to": None, "versions": [],
        "ends_contact": False, "questionnaire": None, "way": "robot", "share": 100, "starts_targets": False,
    }  # fmt: skip
    return setting_up.make(given | values, by=world.hans, at=MORNING)


def whole_switch(world: World, article: Article) -> Switchover:
    """One of everything."""
    old_number(world)
    new_flow(world)
    own_contact(world)
    old_mailbox(world)
    return switch(
        world, addresses=[OLD_ADDRESS], mail_to=new_mailbox(world),
        flow=world.flows["erhverv"], numbers=[OLD_NUMBER], leads_to=world.entry_points["+4533661000"],
        versions=[page_in_review(world, article)], ends_contact=True, questionnaire=questionnaire(world), share=50,
        starts_targets=True,
    )  # fmt: skip


def decided(world: World, prepared: Switchover) -> Switchover:
    rehearsed = rehearsing.rehearse(prepared, by=world.finn, at=MORNING)
    return setting_up.decide(prepared, seen=rehearsed.seen, reason="Aftalt", by=world.finn, at=MORNING)


def flow_in_force(flow: Flow) -> dict[str, Any]:
    """The definition that callers meet, without its number."""
    version = flow_versions.in_force(flow)
    assert version is not None
    return {name: value for name, value in version.definition.items() if name != "version"}


def led_to(number: str, day: date) -> tuple[str, str]:
    """Flow and centre of a number on a day."""
    point = EntryPoint.objects.valid_on(day).select_related("flow", "centre").get(number=number)
    return point.flow.code, point.centre.code
