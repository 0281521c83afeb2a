"""Standard texts of the demo: of the municipality, of two administrations, of a queue's team and of two agents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from indgang.accounts.models import Person
from indgang.catalogue.models import ContactCentre, Unit
from indgang.correspondence.models import CentreSignature, ReplyText
from indgang.correspondence.texts import signatures, writing
from indgang.demo import mailboxes
from indgang.entry.models import Queue


@dataclass(frozen=True, slots=True)
class DemoText:
    """A text, who wrote it (user name), and whose it is: a unit's, the mail queue's (`team`), else the writer's own.

    `channels`: m for mails, s for SMS, c for chats.
    """

    code: str
    title: str
    body: str
    by: str
    unit: str = ""
    team: bool = False
    kind: str = "snippet"
    language: str = "da"
    channels: str = "mc"


_TEXTS = (
    DemoText("svar", "Svar med hilsen", "Hej {navn}\n\nTak for din mail.\n\n{svar}", "finn", unit="kk", kind="answer",
             channels="m"),
    DemoText("svar", "Answer with a greeting", "Dear {navn}\n\nThank you for your mail.\n\n{svar}", "finn", unit="kk",
             kind="answer", language="en", channels="m"),
    DemoText("hej", "Goddag i chat", "Hej {fornavn}. Jeg hedder {medarbejder}. Hvad kan jeg hjælpe dig med?", "finn",
             unit="kk", channels="c"),
    DemoText("hej", "Hello in a chat", "Hello {fornavn}. My name is {medarbejder}. How can I help you?", "finn",
             unit="kk", language="en", channels="c"),
    DemoText("vent", "Jeg ser efter", "Et øjeblik, jeg ser efter.", "finn", unit="kk", channels="c"),
    DemoText("vent", "One moment", "One moment, please. I will look it up.", "finn", unit="kk", language="en",
             channels="c"),
    DemoText("farvel", "Tak for snakken", "Var der andet, jeg kan hjælpe med? Ellers tak for snakken.", "finn",
             unit="kk", channels="c"),
    DemoText("nummer", "Henvendelsens nummer",
             "Din henvendelse har nummer {nummer}. Skriv nummeret, hvis du vender tilbage.", "finn", unit="kk",
             channels="msc"),
    DemoText("cpr", "Skriv ikke CPR-nummer", "Skriv ikke dit CPR-nummer til os her. Brug Digital Post, når vi skal "
             "kende det.", "finn", unit="kk", channels="mc"),
    DemoText("byggesag", "Byggesag: det skal vi bruge",
             "For at kunne svare skal vi bruge:\n\n- adressen eller matrikelnummeret\n- en tegning eller et foto\n"
             "- hvad du vil bygge, og hvor stort det bliver\n\nSvar på denne mail, så finder vi din sag igen.", "ida",
             unit="tmf", channels="m"),
    DemoText("jord", "Jordflytning: anmeld på nettet",
             "Flytning af jord skal anmeldes, før jorden køres væk. Du anmelder den på kommunens hjemmeside under "
             "“Jord”. Har du spørgsmål til selve anmeldelsen, så ring på {telefon}.", "ida", unit="tmf",
             channels="mc"),
    DemoText("videre", "Sendt videre til fagligt svar",
             "Dit spørgsmål skal besvares af en sagsbehandler. Jeg har sendt det videre, og du får svar senest "
             "{?dag}.", "eva", team=True, channels="msc"),
    DemoText("ring", "Vi ringer til dig", "Vi ringer til dig {?dag og tidspunkt} om henvendelse {nummer}.", "eva",
             team=True, channels="ms"),
    DemoText("mangler", "Vi mangler oplysninger",
             "Vi mangler {?hvad der mangler} for at kunne behandle din henvendelse om {ydelse}. Send det som svar på "
             "denne mail senest {?dag}.", "eva", team=True, channels="m"),
    DemoText("tak", "Tak og god dag", "Tak, fordi du skrev. God dag.", "anna", channels="mc"),
    DemoText("uge", "Svar inden for en uge", "Du hører fra os inden for en uge.", "anna", channels="mc"),
    DemoText("kort", "Kort over pladsen", "Send gerne et kort, hvor du har tegnet pladsen ind.", "bo"),
)  # fmt: skip
_SIGNATURE = "Venlig hilsen\n\n{medarbejder}\n{center}\nTlf. {telefon}"
_SIGNATURE_EN = "Kind regards\n\n{medarbejder}\n{center}\nPhone {telefon}"


def seed(
    units: Mapping[str, Unit], centres: Mapping[str, ContactCentre], people: Mapping[str, Person], *, at: datetime
) -> None:
    """Add the texts when there have never been any, and the signatures of centres that have none."""
    if not ReplyText.objects.exists():
        team = Queue.objects.get(code=mailboxes.QUEUE)
        for each in _TEXTS:
            _write(each, units, team, people, at)
    signed = set(CentreSignature.objects.values_list("centre__code", flat=True))
    for code in ("tmf", "bif"):
        if code not in signed:
            words = {"text": _SIGNATURE, "text_en": _SIGNATURE_EN, "naming": CentreSignature.Naming.FULL}
            signatures.save(CentreSignature(centre=centres[code]), words, by=people["finn"], at=at)


def _write(said: DemoText, units: Mapping[str, Unit], team: Queue, people: Mapping[str, Person], at: datetime) -> None:
    by = people[said.by]
    row = (
        ReplyText(queue=team) if said.team else ReplyText(unit=units[said.unit]) if said.unit else ReplyText(person=by)
    )
    values = {
        "code": said.code, "title": said.title, "body": said.body, "kind": said.kind, "language": said.language,
        "in_mails": "m" in said.channels, "in_sms": "s" in said.channels, "in_chats": "c" in said.channels,
    }  # fmt: skip
    writing.save(row, values, by=by, at=at)
