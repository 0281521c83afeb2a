"""The three online forms of the demo: the purposes for which the documents let people write (R-145).

Access to documents, complaints, and soil plans with files and a place. What is sent waits in a queue of its own, which
the visitors of the demo serve.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from indgang.accounts.models import Person
from indgang.catalogue.models import ContactCentre, Purpose, Unit
from indgang.correspondence.forms import versions
from indgang.correspondence.forms.definition import (
    FieldCondition,
    FieldKind,
    FieldOption,
    FormDefinition,
    FormField,
    FormSection,
)
from indgang.correspondence.models import Mailbox, OnlineForm
from indgang.demo.rows import add
from indgang.entry.models import Queue, QueueMembership
from indgang.entry.setup import queue_terms

#: answers to forms are sent from this mailbox
_QUEUE, _MAILBOX = "tmf-formularer", "byliv"
_AGENTS = ("anna", "bo", "clara", "ida")


def _yes_no(code: str, label: str, label_en: str) -> FormField:
    return FormField(code, FieldKind.YES_NO, label, label_en, required=True)


def _contact(*, mail_required: bool) -> FormSection:
    """Who writes. The name of the first field is the one that becomes the contact's name."""
    return FormSection(
        "Om dig",
        "About you",
        (
            FormField("navn", FieldKind.TEXT, "Dit navn", "Your name", required=mail_required),
            FormField(
                "mail", FieldKind.EMAIL, "Din mailadresse", "Your e-mail address", required=mail_required,
                help="Her sender vi kvittering og svar.", help_en="We send the receipt and the answer here.",
            ),
            FormField("telefon", FieldKind.PHONE, "Dit telefonnummer", "Your telephone number"),
            _yes_no("virksomhed", "Skriver du for en virksomhed?", "Do you write for a business?"),
            FormField(
                "cvr", FieldKind.CVR, "Virksomhedens CVR-nummer", "CVR number of the business", required=True,
                when=(FieldCondition("virksomhed", ("yes",)),),
            ),
        ),
    )  # fmt: skip


_ACCESS = FormDefinition((
    FormSection("Det, du vil se", "What you want to see", (
        FormField(
            "hvad", FieldKind.CHOICE, "Hvad søger du aktindsigt i?", "What do you want access to?", required=True,
            options=(FieldOption("sag", "En bestemt sag", "A certain case"),
                     FieldOption("adresse", "Sager om en adresse", "Cases about an address"),
                     FieldOption("emne", "Et emne", "A subject")),
        ),
        FormField("sagsnummer", FieldKind.TEXT, "Sagens nummer", "The number of the case", required=True,
                  help="Det står øverst i vores breve.", help_en="It is at the top of our letters.",
                  when=(FieldCondition("hvad", ("sag",)),)),
        FormField("adresse", FieldKind.ADDRESS, "Adressen", "The address", required=True,
                  when=(FieldCondition("hvad", ("adresse",)),)),
        FormField("emne", FieldKind.LONG_TEXT, "Beskriv emnet", "Describe the subject", required=True,
                  when=(FieldCondition("hvad", ("emne",)),)),
        FormField("fra", FieldKind.DATE, "Fra hvilken dato?", "From which date?"),
        FormField("til", FieldKind.DATE, "Til hvilken dato?", "To which date?"),
    )),
    _contact(mail_required=False),
))  # fmt: skip

_COMPLAINT = FormDefinition((
    FormSection("Klagen", "The complaint", (
        FormField(
            "over", FieldKind.CHOICE, "Hvad vil du klage over?", "What do you want to complain about?", required=True,
            options=(FieldOption("afgoerelse", "En afgørelse", "A decision"),
                     FieldOption("behandling", "Den måde, sagen er behandlet på", "How the case was handled"),
                     FieldOption("betjening", "Den måde, du er mødt på", "How you were met")),
        ),
        FormField("sagsnummer", FieldKind.TEXT, "Sagens nummer", "The number of the case", required=True,
                  when=(FieldCondition("over", ("afgoerelse",)),)),
        FormField("dato", FieldKind.DATE, "Hvornår fik du afgørelsen?", "When did you get the decision?", required=True,
                  help="En klage over en afgørelse skal som regel sendes inden fire uger.",
                  help_en="A complaint about a decision must usually be sent within four weeks.",
                  when=(FieldCondition("over", ("afgoerelse",)),)),
        FormField("hvad", FieldKind.LONG_TEXT, "Hvad er du utilfreds med?", "What are you dissatisfied with?",
                  required=True),
        FormField("oensker", FieldKind.LONG_TEXT, "Hvad vil du have ændret?", "What should be changed?"),
        FormField("bilag", FieldKind.FILE, "Bilag", "Attachments", most=5),
    )),
    _contact(mail_required=True),
))  # fmt: skip

_SOIL = FormDefinition((
    FormSection("Jorden", "The soil", (
        FormField("sted", FieldKind.PLACE, "Hvor skal der graves?", "Where will you dig?", required=True),
        FormField("tons", FieldKind.NUMBER, "Hvor mange tons jord skal flyttes?", "How many tonnes of soil?",
                  required=True, least=1, most=1_000_000),
        FormField(
            "forurening", FieldKind.CHOICE, "Er jorden forurenet?", "Is the soil contaminated?", required=True,
            options=(FieldOption("ja", "Ja", "Yes"), FieldOption("nej", "Nej", "No"),
                     FieldOption("ved-ikke", "Det er ikke undersøgt", "It has not been examined")),
        ),
        FormField("stoffer", FieldKind.CHOICES, "Hvad er der fundet?", "What was found?", required=True,
                  options=(FieldOption("metaller", "Tungmetaller", "Heavy metals"),
                           FieldOption("olie", "Olie og benzin", "Oil and petrol"),
                           FieldOption("tjaere", "Tjærestoffer", "Tar compounds"),
                           FieldOption("andet", "Andet", "Other")),
                  when=(FieldCondition("forurening", ("ja",)),)),
        FormField("begynder", FieldKind.DATE, "Hvornår begynder arbejdet?", "When does the work begin?", required=True),
    )),
    FormSection("Planen", "The plan", (
        FormField("plan", FieldKind.FILE, "Jordhåndteringsplan", "Soil handling plan", required=True, most=3,
                  help="Som PDF eller tegning.", help_en="As a PDF or a drawing."),
        FormField("analyser", FieldKind.FILE, "Analyser af jorden", "Soil analyses", most=5,
                  when=(FieldCondition("forurening", ("ja",)),)),
        FormField("rigtigt", FieldKind.CONSENT, "Jeg bekræfter, at oplysningerne er rigtige",
                  "I confirm that the information is correct", required=True),
    )),
    _contact(mail_required=True),
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class DemoForm:
    code: str
    name: str
    name_en: str
    purpose: str
    unit: str
    definition: FormDefinition
    texts: Mapping[str, str]


_FORMS = (
    DemoForm(
        "aktindsigt", "Søg aktindsigt", "Ask for access to documents", "vejledning", "cby", _ACCESS,
        {
            "intro": "Du kan bede om at se dokumenterne i en sag eller om en adresse.",
            "intro_en": "You can ask to see the documents of a case or about an address.",
            "privacy": "Vi bruger oplysningerne til at finde dokumenterne og svare dig. De medarbejdere, der behandler"
            " din anmodning, ser dem.",
            "privacy_en": "We use the information to find the documents and to answer you. The staff who handle your"
            " request see it.",
            "receipt": "Du får normalt svar inden syv arbejdsdage.",
            "receipt_en": "You will normally have an answer within seven working days.",
        },
    ),
    DemoForm(
        "klage", "Klag", "Complain", "klage", "cby", _COMPLAINT,
        {
            "intro": "Klag over en afgørelse, eller over hvordan du er blevet behandlet.",
            "intro_en": "Complain about a decision, or about how you were treated.",
            "privacy": "Vi bruger oplysningerne til at behandle klagen. Den enhed, klagen handler om, og eventuelt"
            " klageinstansen ser dem.",
            "privacy_en": "We use the information to handle the complaint. The unit that it is about sees it, and the"
            " appeals board if need be.",
            "receipt": "Vi skriver til dig, når vi har set på klagen.",
            "receipt_en": "We write to you when we have looked at the complaint.",
        },
    ),
    DemoForm(
        "jordhaandteringsplan", "Send en jordhåndteringsplan", "Send a soil handling plan", "opret", "cmb", _SOIL,
        {
            "intro": "Skal du flytte forurenet jord eller jord fra et kortlagt område, skal vi have en plan.",
            "intro_en": "We need a plan when you move contaminated soil or soil from a mapped area.",
            "privacy": "Vi bruger oplysningerne til at behandle anmeldelsen. Miljøsagsbehandlere ser dem.",
            "privacy_en": "We use the information to handle the notification. Environmental case workers see it.",
            "receipt": "Vent med at flytte jorden, til du har fået svar.",
            "receipt_en": "Wait with moving the soil until you have our answer.",
        },
    ),
)  # fmt: skip


def seed(
    centres: Mapping[str, ContactCentre], units: Mapping[str, Unit], people: Mapping[str, Person], *, at: datetime
) -> None:
    """Make the queue and the forms that are missing, and publish them."""
    queue = _queue(centres["tmf"], people)
    there = set(OnlineForm.objects.values_list("code", flat=True))
    for each in _FORMS:
        if each.code not in there:
            _publish(each, queue, units[each.unit], people["finn"], at)


def _queue(centre: ContactCentre, people: Mapping[str, Person]) -> Queue:
    made = add([
        Queue(code=_QUEUE, name="Formularer", name_en="Forms", centre=centre, work=Queue.Work.WRITTEN,
              schedule=centre.schedule, ring_seconds=30, steps=[{"after": 0, "skills": {}}])
    ])  # fmt: skip
    if made.new:
        queue_terms.first([made[_QUEUE]], service_level_seconds=7_200)
        QueueMembership.objects.bulk_create(
            QueueMembership(person=people[username], queue=made[_QUEUE]) for username in _AGENTS
        )
    return made[_QUEUE]


def _publish(each: DemoForm, queue: Queue, unit: Unit, by: Person, at: datetime) -> None:
    form = versions.create(
        code=each.code, name=each.name, name_en=each.name_en, purpose=Purpose.objects.get(code=each.purpose),
        unit=unit, queue=queue, mailbox=Mailbox.objects.filter(code=_MAILBOX).first(), by=by, at=at,
    )  # fmt: skip
    draft = versions.draft(form, by=by, at=at)
    draft = versions.save(draft, definition=each.definition, texts=each.texts, revision=draft.revision, by=by, at=at)
    versions.publish(draft, revision=draft.revision, by=by, at=at)
