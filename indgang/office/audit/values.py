"""Readable audit values: labels of fields, names for codes, and dates as people write them.

The trail stores codes, because names change. A page shows a code only when it has no name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Model
from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.accounts.models import Person
from indgang.accounts.roles import ROLES
from indgang.agreements.models import AgreementPart, AgreementTarget
from indgang.audit.models import Change
from indgang.catalogue.models import CaseTopic, ContactCentre, Purpose, Service, Unit
from indgang.core.clock import COPENHAGEN
from indgang.core.text import shorten
from indgang.correspondence.models import CentreSignature, ReplyText
from indgang.enquiries.models import Character, Outcome, Party, ReturnCall
from indgang.entry.models import AgentState, PauseReason, Prompt, Queue
from indgang.entry.wording.words import field_path_word
from indgang.feedback.follow_up_models import CommentTag, FollowUp, ImprovementItem
from indgang.feedback.models import EarlierResult, SpokenComment
from indgang.feedback.studies.models import (
    CrowdQuestion,
    Study,
    StudyFinding,
    StudyMember,
    StudyRecommendation,
    TestOutcome,
)
from indgang.knowledge.models import ArticleVersion, Audience, Language, Task
from indgang.measures import channel_groups
from indgang.measures.models import SettlementTerms
from indgang.programme.rollout.models import (
    OldNumberPlace,
    PlannedMessage,
    ReadinessStatement,
    RolloutActivity,
    RolloutChange,
    RolloutRisk,
    RolloutTrack,
)
from indgang.reports.models import ReportBlock, ReportTemplate
from indgang.workforce.models import Skill
from indgang.workforce.shift_words import ACTIVITY_KINDS, LEAVE_KINDS

Words = str | Promise

#: characters of a long text that the list shows
LONGEST = 240
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")
#: labels of the fields of a change
FIELDS: dict[str, Words] = {
    "active": gettext_lazy("Slået til"),
    "planned_at": gettext_lazy("Planlagt tidspunkt"),
    "numbers": gettext_lazy("Gamle numre"),
    "addresses": gettext_lazy("Gamle mailadresser"),
    "versions": gettext_lazy("Sider med viden"),
    "ends_contact": gettext_lazy("Ydelsens egen kontakt fjernes"),
    "questionnaire": gettext_lazy("Spørgeskema"),
    "share": gettext_lazy("Andel (procent)"),
    "starts_targets": gettext_lazy("Målene tæller fra skiftet"),
    "delay": gettext_lazy("Forsinkelse"),
    "changes": gettext_lazy("Antal ændringer"),
    "forwards_to": gettext_lazy("Sendes videre til"),
    "answered_by": gettext_lazy("Besvaret af"),
    "after": gettext_lazy("Efter (sekunder)"),
    "by": gettext_lazy("Vises for"),
    "cadence": gettext_lazy("Hvor tit"),
    "columns": gettext_lazy("Kolonner"),
    "codes": gettext_lazy("Koder"),
    "fixed": gettext_lazy("Faste værdier"),
    "reading": gettext_lazy("Sådan læses datoer, klokkeslæt og varigheder"),
    "imported": gettext_lazy("Importerede rækker"),
    "rejected": gettext_lazy("Afviste rækker"),
    "answers": gettext_lazy("Antal svar"),
    "mean": gettext_lazy("Gennemsnit"),
    "closing": gettext_lazy("Sidste tekst"),
    "closing_en": gettext_lazy("Sidste tekst på engelsk"),
    "deadline_hours": gettext_lazy("Timer til at svare i"),
    "opening": gettext_lazy("Første tekst"),
    "opening_en": gettext_lazy("Første tekst på engelsk"),
    "days_after": gettext_lazy("Dage efter perioden"),
    "done": gettext_lazy("Det er gjort"),
    "is_false": gettext_lazy("Falsk alarm"),
    "sending_days": gettext_lazy("Dage som kladde"),
    "figures": gettext_lazy("Nøgletal"),
    "is_running": gettext_lazy("Laves"),
    "named": gettext_lazy("Nævnte modtagere"),
    "position": gettext_lazy("Plads"),
    "reached": gettext_lazy("Nået"),
    "readers": gettext_lazy("Hvem får den"),
    "responsible": gettext_lazy("Ansvarlig"),
    "counted": gettext_lazy("Tal"),
    "out_of": gettext_lazy("Ud af"),
    "series": gettext_lazy("Importeret serie"),
    "starts_on": gettext_lazy("Første dag, der kan indgå"),
    "template": gettext_lazy("Rapportens skabelon"),
    "ageing": gettext_lazy("Points for hvert minut i kø"),
    "approver": gettext_lazy("Godkender"),
    "asks_readers": gettext_lazy("Spørg læserne nederst på siderne"),
    "with_visit": gettext_lazy("Tag de sider med, som læseren har set"),
    "arrived_at": gettext_lazy("Begyndte"),
    "article": gettext_lazy("Artikel"),
    "at": gettext_lazy("Tid"),
    "attempts": gettext_lazy("Forsøg"),
    "audience": gettext_lazy("Hvem må læse den"),
    "because": gettext_lazy("Hvorfor"),
    "by_chat": gettext_lazy("På chat"),
    "by_hand": gettext_lazy("Oprettet uden telefon"),
    "by_phone": gettext_lazy("På telefon"),
    "parts": gettext_lazy("Antal sms'er"),
    "cases_per_year": gettext_lazy("Sager om året"),
    "case_system": gettext_lazy("Fagsystem"),
    "agreement": gettext_lazy("Aftale"),
    "owner_unit": gettext_lazy("Ejer"),
    "operator_unit": gettext_lazy("Operatør"),
    "enquiries_a_year": gettext_lazy("Henvendelser om året"),
    "full_time": gettext_lazy("Årsværk"),
    "price": gettext_lazy("Pris om året"),
    "price_falls_percent": gettext_lazy("Prisen falder med (procent)"),
    "price_falls_after_years": gettext_lazy("Prisen falder efter så mange år"),
    "price_from": gettext_lazy("Årene regnes fra"),
    "kpi": gettext_lazy("Nøgletal"),
    "aim": gettext_lazy("Målet er"),
    "is_floor": gettext_lazy("Bundniveau"),
    "is_per_day": gettext_lazy("Antal er om dagen"),
    "target": gettext_lazy("Mål"),
    "value": gettext_lazy("Værdi"),
    "month": gettext_lazy("Måned"),
    "source": gettext_lazy("Kilde"),
    "baseline": gettext_lazy("Udgangspunkt"),
    "first_day": gettext_lazy("Første dag"),
    "last_day": gettext_lazy("Sidste dag"),
    "day": gettext_lazy("Dag"),
    "chosen_by": gettext_lazy("Valgt af"),
    "within": gettext_lazy("Svar inden for (sekunder)"),
    "settled_at": gettext_lazy("Fastlagt"),
    "centre": gettext_lazy("Kontaktcenter"),
    "channel": gettext_lazy("Kanal"),
    "character": gettext_lazy("Slags"),
    "characters": gettext_lazy("Tegn ændret"),
    "choose": gettext_lazy("Hvem får opkaldet"),
    "closed": gettext_lazy("Lukket"),
    "closed_by": gettext_lazy("Lukket af"),
    "closed_until": gettext_lazy("Lukket til"),
    "closed_on_holidays": gettext_lazy("Lukket på helligdage"),
    "closed_on_optional_holidays": gettext_lazy("Lukket på halve helligdage"),
    "closed_reason": gettext_lazy("Hvorfor lukket"),
    "began_at": gettext_lazy("Begyndte"),
    "body": gettext_lazy("Tekst"),
    "basis": gettext_lazy("Grundlag"),
    "closes": gettext_lazy("Til kl."),
    "code": gettext_lazy("Kode"),
    "complexity": gettext_lazy("Kompleksitet"),
    "enquiries_per_case": gettext_lazy("Henvendelser pr. sag"),
    "interfaces": gettext_lazy("Snitflader"),
    "target_group_breadth": gettext_lazy("Målgruppens bredde"),
    "variation": gettext_lazy("Variation"),
    "cases_a_year": gettext_lazy("Sager om året"),
    "contact": gettext_lazy("Kontaktperson"),
    "content": gettext_lazy("Indhold"),
    "coordinator": gettext_lazy("Fagkoordinator"),
    "cvr": gettext_lazy("CVR-nummer"),
    "days": gettext_lazy("Dage"),
    "definition": gettext_lazy("Indhold"),
    "digest": gettext_lazy("Kontrolsum"),
    "dialled": gettext_lazy("Nummer, der blev ringet til"),
    "elsewhere": gettext_lazy("Andre svarer på det"),
    "email": gettext_lazy("E-mail"),
    "ends_at": gettext_lazy("Slutter"),
    "enquiries": gettext_lazy("Henvendelser"),
    "entry_point": gettext_lazy("Indgang"),
    "entry": gettext_lazy("Opslag i telefonbogen"),
    "error": gettext_lazy("Fejl"),
    "every_seconds": gettext_lazy("Gentages hvert (sekunder)"),
    "fields": gettext_lazy("Felter"),
    "flow": gettext_lazy("Opkaldsforløb"),
    "free_seconds": gettext_lazy("Gratis, når det varer højst (sekunder)"),
    "from": gettext_lazy("Fra og med"),
    "group": gettext_lazy("Gruppe"),
    "in_knowledge": gettext_lazy("Svaret stod i vidensbasen"),
    "in_chats": gettext_lazy("I chat"),
    "in_mails": gettext_lazy("I mails og svar på hjemmesiden"),
    "in_sms": gettext_lazy("I sms'er"),
    "initials": gettext_lazy("Initialer"),
    "intro": gettext_lazy("Indledning"),
    "is_active": gettext_lazy("Brugeren er åben"),
    "is_back_up": gettext_lazy("Reserve"),
    "is_safe": gettext_lazy("Sikker kø"),
    "keep_days": gettext_lazy("Slettes efter (dage)"),
    "keywords": gettext_lazy("Søgeord"),
    "kind": gettext_lazy("Slags"),
    "knows": gettext_lazy("Ved noget om"),
    "language": gettext_lazy("Sprog"),
    "last_agent_seconds": gettext_lazy("Samme medarbejder inden for (sekunder)"),
    "listeners": gettext_lazy("Må høres af"),
    "line": gettext_lazy("Træffetid"),
    "lines": gettext_lazy("Lokale ærinder"),
    "local_purpose": gettext_lazy("Lokalt ærinde"),
    "mailbox": gettext_lazy("Svar sendes fra"),
    "minimum": gettext_lazy("Mindst om måneden (kr.)"),
    "minutes": gettext_lazy("Minutter"),
    "mobile": gettext_lazy("Mobil"),
    "mode": gettext_lazy("Måde"),
    "name": gettext_lazy("Navn"),
    "name_en": gettext_lazy("Navn på engelsk"),
    "naming": gettext_lazy("Medarbejdere skriver under"),
    "note": gettext_lazy("Note"),
    "number": gettext_lazy("Nummer"),
    "on": gettext_lazy("Dag"),
    "on_holidays": gettext_lazy("Gælder også på helligdage"),
    "opens": gettext_lazy("Fra kl."),
    "operator": gettext_lazy("Drives af"),
    "order": gettext_lazy("Rækkefølge"),
    "outcome": gettext_lazy("Udfald"),
    "owner": gettext_lazy("Ejer"),
    "published_on": gettext_lazy("Udgivet den"),
    "parent": gettext_lazy("Hører under"),
    "party": gettext_lazy("Part"),
    "path": gettext_lazy("Plads i organisationen"),
    "people": gettext_lazy("Hvem kontaktes"),
    "participants": gettext_lazy("Hvem"),
    "borrower": gettext_lazy("Lånes til"),
    "lender": gettext_lazy("Lånes fra"),
    "per_call": gettext_lazy("Pris for et opkald (kr.)"),
    "per_minute": gettext_lazy("Pris for hvert påbegyndt minut (kr.)"),
    "phase": gettext_lazy("Fase"),
    "phone": gettext_lazy("Telefon"),
    "planned": gettext_lazy("Planlagt til senere"),
    "priority": gettext_lazy("Prioritet"),
    "procedure": gettext_lazy("Sådan stilles der om til enheden"),
    "prompt_code": gettext_lazy("Tekst"),
    "protected": gettext_lazy("Beskyttet navn og adresse"),
    "public_name": gettext_lazy("Navn på hjemmesiden"),
    "public_name_en": gettext_lazy("Navn på hjemmesiden på engelsk"),
    "purpose": gettext_lazy("Ærinde"),
    "purposes": gettext_lazy("Ærinder"),
    "questions": gettext_lazy("Spørgsmål"),
    "question": gettext_lazy("Spørgsmål"),
    "question_en": gettext_lazy("Spørgsmål på engelsk"),
    "recorded_for": gettext_lazy("Optages til"),
    "stopped_at": gettext_lazy("Stoppet"),
    "queue": gettext_lazy("Kø"),
    "queues": gettext_lazy("Køer"),
    "reason": gettext_lazy("Hvorfor"),
    "reachable": gettext_lazy("Kolleger må stille om"),
    "recording": gettext_lazy("Indtaling"),
    "reopens_at": gettext_lazy("Åbner igen"),
    "reserved": gettext_lazy("Holdes fri til køen"),
    "calls": gettext_lazy("Opkald"),
    "cap": gettext_lazy("Højst om måneden (kr.)"),
    "callback_attempts": gettext_lazy("Forsøg, når vi har lovet at ringe"),
    "callback_pause_minutes": gettext_lazy("Minutter mellem forsøgene"),
    "callback_from_hour": gettext_lazy("Ring tidligst kl."),
    "callback_until_hour": gettext_lazy("Ring senest indtil kl."),
    "responsibilities": gettext_lazy("Arbejder med"),
    "min_reoffer_seconds": gettext_lazy("Pause efter et ubesvaret opkald (sekunder)"),
    "rest_seconds": gettext_lazy("Pause efter et ubesvaret opkald (sekunder)"),  # names in earlier releases
    "result": gettext_lazy("Resultat"),
    "review_months": gettext_lazy("Læses igennem (måneder)"),
    "review_on": gettext_lazy("Læses igennem senest"),
    "revision": gettext_lazy("Udgave"),
    "ring_seconds": gettext_lazy("Ringer (sekunder)"),
    "work": gettext_lazy("Hvad der venter i køen"),
    "role": gettext_lazy("Rolle"),
    "rule": gettext_lazy("Hvem betaler?"),
    "read_aloud": gettext_lazy("Persondata er læst højt"),
    "saved_days": gettext_lazy("Dage, svar gemmes, før de er sendt"),
    "schedule": gettext_lazy("Åbningstider"),
    "service": gettext_lazy("Ydelse"),
    "services": gettext_lazy("Kender ydelserne"),
    "service_level_percent": gettext_lazy("Mål (procent)"),
    "service_level_seconds": gettext_lazy("Servicemål (sekunder)"),
    "should_be_digital": gettext_lazy("Kunne være klaret digitalt"),
    "shown_from": gettext_lazy("Vises fra"),
    "shown_until": gettext_lazy("Vises til"),
    "site": gettext_lazy("Sted"),
    "situation": gettext_lazy("Situation"),
    "size": gettext_lazy("Størrelse i bytes"),
    "skills": gettext_lazy("Kompetencer"),
    "also_queues": gettext_lazy("Også medarbejdere fra"),
    "small_edit_characters": gettext_lazy("Små rettelser (tegn)"),
    "start": gettext_lazy("Begynder med"),
    "starts_at": gettext_lazy("Begynder"),
    "state": gettext_lazy("Tilstand"),
    "steps": gettext_lazy("Trin"),
    "text": gettext_lazy("Tekst"),
    "text_en": gettext_lazy("Tekst på engelsk"),
    "times": gettext_lazy("Tider"),
    "title": gettext_lazy("Overskrift"),
    "title_en": gettext_lazy("Overskrift på engelsk"),
    "to": gettext_lazy("Til"),
    "total": gettext_lazy("Beløb med moms"),
    "unit": gettext_lazy("Enhed"),
    "until": gettext_lazy("Til (ikke med)"),
    "used": gettext_lazy("Brugt"),
    "used_at": gettext_lazy("Brugt"),
    "username": gettext_lazy("Brugernavn"),
    "valid_from": gettext_lazy("Gælder fra"),
    "valid_to": gettext_lazy("Gælder til (ikke med)"),
    "vat_percent": gettext_lazy("Moms (procent)"),
    "verified_at": gettext_lazy("Sidst bekræftet"),
    "verified_by": gettext_lazy("Bekræftet af"),
    "version": gettext_lazy("Version"),
    "volume": gettext_lazy("Mængde"),
    "weekdays": gettext_lazy("Ugedage"),
    "withdrawn_at": gettext_lazy("Trukket tilbage"),
    "words": gettext_lazy("Ord"),
    "wrap_up": gettext_lazy("Efterbehandlingen tæller med i minutterne"),
    "wrap_up_seconds": gettext_lazy("Efterbehandling (sekunder)"),
    "interviews": gettext_lazy("Interview om brugerrejsen"),
    "user_tests": gettext_lazy("Brugertest"),
    "is_critical": gettext_lazy("Forretningskritisk"),
    "is_most_important": gettext_lazy("En af de vigtigste ydelser"),
    "sprint": gettext_lazy("Sprintets længde"),
    "times_a_year": gettext_lazy("Interview om året"),
    "target_group": gettext_lazy("Målgruppe"),
    "new": gettext_lazy("Nye"),
    "known": gettext_lazy("Talt i forvejen"),
    "removed": gettext_lazy("Taget ud"),
    "days_a_year": gettext_lazy("Arbejdsdage på året"),
    "rounds_to": gettext_lazy("Året rundes af til"),
    "asks_channel": gettext_lazy("Spørger om kanal"),
    "asks_character": gettext_lazy("Spørger om karakter"),
    "asks_minutes": gettext_lazy("Spørger om minutter"),
    "asks_outcome": gettext_lazy("Spørger, om det blev afklaret"),
    "asks_digital": gettext_lazy("Spørger, om det burde være digitalt"),
    "is_first_level": gettext_lazy("Tæller på 1. level"),
    "plan": gettext_lazy("Plan"),
    "ends_on": gettext_lazy("Sidste dag"),
    "person": gettext_lazy("Kollega"),
    "session_began_at": gettext_lazy("Sessionen begyndte"),
    "session_ended_at": gettext_lazy("Sessionen sluttede"),
    "study": gettext_lazy("Undersøgelse"),
    "task": gettext_lazy("Opgave"),
    "topic": gettext_lazy("Emne"),
    "severity": gettext_lazy("Vurdering"),
    "seen_by_many": gettext_lazy("Antal deltagere, der oplevede det"),
    "tester": gettext_lazy("Deltager"),
    "completed": gettext_lazy("Gennemførte opgaven"),
    "critical_errors": gettext_lazy("Kritiske fejl"),
    "other_errors": gettext_lazy("Andre fejl"),
    "satisfaction": gettext_lazy("Tilfreds"),
    "way": gettext_lazy("Slags"),
    "due_on": gettext_lazy("Gennemføres senest"),
    "verdict": gettext_lazy("Beslutning"),
    "decided_at": gettext_lazy("Besluttet"),
    "decided_by": gettext_lazy("Besluttet af"),
    "done_on": gettext_lazy("Gennemført den"),
    "measured": gettext_lazy("Målt på"),
    "measured_before": gettext_lazy("Før"),
    "measured_after": gettext_lazy("Efter"),
    "goes_on": gettext_lazy("Vi fortsætter"),
    "form": gettext_lazy("Slags"),
    "options": gettext_lazy("Svar at vælge mellem"),
    "seconds": gettext_lazy("Sekunder"),
    "is_added": gettext_lazy("Tilføjet undervejs"),
    "opened_at": gettext_lazy("Åbnet"),
    "closed_at": gettext_lazy("Lukket"),
    "called": gettext_lazy("Ringet tilbage"),
    "cause": gettext_lazy("Årsag"),
    "decision": gettext_lazy("Begrundelse"),
    "target_day": gettext_lazy("Skal være færdig"),
    "low_index": gettext_lazy("Lav vurdering: indeks højst"),
    "on_comment": gettext_lazy("Alle kommentarer følges op"),
    "on_score": gettext_lazy("Lave vurderinger følges op"),
    "working_days": gettext_lazy("Frist i arbejdsdage"),
    "works_from": gettext_lazy("Gennemført den"),
    "first": gettext_lazy("Fra og med"),
    "last": gettext_lazy("Til og med"),
    "needed": gettext_lazy("Antal på arbejde"),
    "shrinkage": gettext_lazy("Lagt til for svind (procent)"),
    "sickness": gettext_lazy("Lagt til for sygdom (procent)"),
    "activity": gettext_lazy("Opgave"),
    "workplace": gettext_lazy("Arbejdssted"),
    "shifts": gettext_lazy("Vagter"),
    "paid": gettext_lazy("Et betalt kvarter"),
    "understaffed": gettext_lazy("Et kvarter, hvor der mangler én"),
    "wish": gettext_lazy("Et ønske, der ikke er opfyldt"),
    "change": gettext_lazy("En dag, der er lavet om for en medarbejder"),
    "late": gettext_lazy("En sen vagt eller weekendvagt ud over en lige fordeling"),
    "off_phone": gettext_lazy("Et kvarter for lidt væk fra telefonen"),
    "granted_on": gettext_lazy("Bevilget den"),
    "track": gettext_lazy("Spor"),
    "part_of": gettext_lazy("Del af"),
    "progress": gettext_lazy("Hvor langt"),
    "told_to": gettext_lazy("Hvem får det at vide"),
    "old_contact": gettext_lazy("Gammelt nummer eller mailadresse"),
    "waits_for": gettext_lazy("Venter på"),
    "measure": gettext_lazy("Tiltag eller målepunkt"),
    "likelihood": gettext_lazy("Sandsynlighed"),
    "consequence": gettext_lazy("Konsekvens"),
    "watched": gettext_lazy("Tal, der følges"),
    "limit": gettext_lazy("Må højst falde (point)"),
    "past_series": gettext_lazy("Importeret tilfredshed som udgangspunkt"),
    "past_scale": gettext_lazy("Målt på skalaen"),
    "closed_on": gettext_lazy("Lukket den"),
    "message": gettext_lazy("Budskab"),
    "place": gettext_lazy("Sted"),
    "address": gettext_lazy("Adresse"),
    "point": gettext_lazy("Punkt"),
    "is_ready": gettext_lazy("På plads"),
    "after_months": gettext_lazy("Måneder efter trinet før"),
    "latest_months": gettext_lazy("Senest (måneder efter)"),
    "moved_to": gettext_lazy("Flyttet til"),
    "live_on": gettext_lazy("Gik i drift"),
    "switched_on": gettext_lazy("Skiftet den"),
    "stage": gettext_lazy("Etape"),
    "weekly_hours": gettext_lazy("Timer om ugen"),
    "days_a_week": gettext_lazy("Højst antal dage om ugen"),
    "shortest": gettext_lazy("Korteste vagt (minutter)"),
    "longest": gettext_lazy("Længste vagt (minutter)"),
    "earliest": gettext_lazy("Møder tidligst kl."),
    "latest": gettext_lazy("Har fri senest kl."),
    "weekends_off": gettext_lazy("Fri weekender ud af fire"),
    "off_phone_share": gettext_lazy("Andel af tiden væk fra telefonen"),
    "skill": gettext_lazy("Kræver kompetencen"),
}

#: words for the codes of a field; the same code can have different meanings in two fields
_CODES: dict[str, Mapping[str, Words]] = {
    "aim": dict(AgreementTarget.Aim.choices),
    "audience": dict(Audience.choices),
    "told_to": dict(PlannedMessage.Audience.choices),
    "progress": dict(RolloutActivity.State.choices),
    "track": dict(RolloutTrack.choices),
    "part_of": dict(RolloutChange.choices),
    "watched": dict(RolloutRisk.Watched.choices),
    "past_scale": dict(EarlierResult.MeasuredOn.choices),
    "point": dict(ReadinessStatement.Point.choices),
    "by": dict(ReportBlock.By.choices),
    "cadence": dict(ReportTemplate.Cadence.choices),
    "channel": dict(channel_groups.CHOICES),
    "character": dict(Character.choices),
    "choose": dict(Queue.Choose.choices),
    "kind": dict(OldNumberPlace.Kind.choices)
    | {each.value: word for each, word in ACTIVITY_KINDS.items()}
    | LEAVE_KINDS
    | dict(Task.Kind.choices)
    | dict(ReplyText.Kind.choices)
    | dict(Party.Kind.choices)
    | dict(ReturnCall.Kind.choices)
    | dict(Unit.Kind.choices)
    | dict(AgreementPart.Kind.choices)
    | dict(ReportBlock.Kind.choices)
    | dict(Study.Kind.choices),
    "language": dict(Language.choices),
    "mode": {
        "listen": gettext_lazy("medlyt"),
        "whisper": gettext_lazy("hvisk"),
        "barge_in": gettext_lazy("deltag"),
        "join": gettext_lazy("deltag"),  # what earlier releases recorded for barging in
        "stop": gettext_lazy("stoppet"),
    },
    "readers": dict(ReportTemplate.Readers.choices),
    "naming": dict(CentreSignature.Naming.choices),
    "outcome": dict(Outcome.choices),
    "result": dict(ReturnCall.Result.choices),
    "role": {code: role.name for code, role in ROLES.items()} | dict(StudyMember.Role.choices),
    "rule": dict(SettlementTerms.Rule.choices),
    "completed": dict(TestOutcome.Completed.choices),
    "form": dict(CrowdQuestion.Form.choices),
    "severity": dict(StudyFinding.Severity.choices),
    "sprint": dict(Study.Size.choices),
    "topic": dict(StudyFinding.Topic.choices) | dict(CaseTopic.choices),
    "verdict": dict(StudyRecommendation.Verdict.choices),
    "way": dict(StudyRecommendation.Way.choices),
    "state": dict(SpokenComment.State.choices)
    | dict(Study.State.choices)
    | dict(FollowUp.State.choices)
    | dict(ImprovementItem.State.choices)
    | dict(CommentTag.State.choices)
    | dict(AgentState.choices)
    | {"sign_out": gettext_lazy("Logget ud")},
}

#: fields whose value refers to an object, by the kind of the object
_THINGS = {
    "owner_unit": "unit", "operator_unit": "unit",
    "unit": "unit", "parent": "unit", "service": "service", "services": "service", "centre": "centre",
    "borrower": "centre", "lender": "centre",
    "purpose": "purpose", "purposes": "purpose", "queue": "queue", "queues": "queue", "also_queues": "queue",
    "prompt_code": "prompt", "owner": "person", "approver": "person", "to": "person", "article": "article",
    "reason": "pause", "people": "person", "participants": "person", "chosen_by": "person",
}  # fmt: skip

#: where names are stored: the model, its field with the code and its field with the name
_SOURCES: dict[str, tuple[type[Model], str, str]] = {
    "unit": (Unit, "code", "name"),
    "service": (Service, "code", "name"),
    "centre": (ContactCentre, "code", "name"),
    "purpose": (Purpose, "code", "name"),
    "queue": (Queue, "code", "name"),
    "pause": (PauseReason, "code", "name"),
    "person": (Person, "username", "name"),
    "prompt": (Prompt, "code", "text"),
    "article": (ArticleVersion, "article__slug", "title"),
}


def field_word(name: str, action: str, skills: Mapping[str, str]) -> str:
    """The label of a field of a change. Weekdays, days, skills and steps are also fields."""
    if name in FIELDS:
        return str(FIELDS[name])
    if name.isdigit() and int(name) in WEEKDAYS:
        return str(WEEKDAYS[int(name)]).capitalize()
    if _DAY.fullmatch(name):
        return _day_text(name)
    if name in skills:
        return skills[name]
    if action.startswith("flow."):
        path = name.partition(".")[2]
        return f"{_('Trin')}: {field_path_word('', path)}" if path else str(_("Trin"))
    return str(_("Trin")) if name.startswith("step ") else str(_("Andet"))


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One field of a change in words. `had` is False when the field had no value before."""

    name: str
    before: str
    after: str
    had: bool


class TrailWords:
    """The names of the codes on one page of the trail; one database query for each kind of object."""

    def __init__(self, changes: Iterable[Change]) -> None:
        self._known: dict[str, dict[str, str]] = {}
        self._found = [value for change in changes for side in (change.before, change.after) for value in _texts(side)]
        self._skills = dict(Skill.objects.values_list("code", "name"))

    def lines(self, change: Change) -> list[ChangeLine]:
        """The changed fields with their values before and after; unchanged fields are left out."""
        before, after = change.before, change.after
        return [
            ChangeLine(
                name=field_word(name, change.action, self._skills),
                before=self._value(name, before.get(name)),
                after=self._value(name, after.get(name)),
                had=name in before,
            )
            for name in dict.fromkeys([*before, *after])
            if before.get(name) != after.get(name)
        ]

    def _value(self, name: str, value: Any) -> str:
        if value is None or value in ("", [], {}):
            return "–"
        if isinstance(value, bool):
            return _("ja") if value else _("nej")
        if isinstance(value, Mapping):
            return self._mapping(value)
        if isinstance(value, list):
            return "; ".join(self._value(name, each) for each in value)
        if isinstance(value, int | float):
            return number_format(value, use_l10n=True, force_grouping=name not in ("number", "version"))
        return self._text(name, str(value))

    def _mapping(self, value: Mapping[str, Any]) -> str:
        """The text of a step, or each part of another mapping with its label."""
        if said := value.get("text") or value.get("question"):
            return shorten(str(said), LONGEST)
        known = {
            key: each
            for key, each in value.items()
            if each not in (None, "") and (key in FIELDS or key in self._skills)
        }
        parts = (f"{field_word(key, '', self._skills)}: {self._value(key, each)}" for key, each in known.items())
        return ", ".join(parts) or _("ændret")

    def _text(self, name: str, value: str) -> str:
        if name == "fields":
            return field_word(value, "", {})
        if value in (codes := _CODES.get(name, {})):
            return str(codes[value])
        if _MOMENT.match(value):
            return _moment_text(value)
        if _DAY.fullmatch(value):
            return _day_text(value)
        thing = _THINGS.get(name, "")
        return self._names(thing).get(value) or shorten(value, LONGEST)

    def _names(self, thing: str) -> Mapping[str, str]:
        """Names by code for one kind of object, only for the codes on this page."""
        if thing and thing not in self._known:
            model, code, name = _SOURCES[thing]
            rows = model._default_manager.filter(**{f"{code}__in": self._found})
            self._known[thing] = dict(rows.values_list(code, name))
        return self._known.get(thing, {})


def _texts(value: Any) -> Iterable[str]:
    """All texts in a value, at any depth, that are short enough to be a code."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, str) and len(value) <= 80:
        yield value


def _read(value: str, read: Callable[[str], date]) -> date | None:
    try:
        return read(value)
    except ValueError:
        return None


def _day_text(value: str) -> str:
    day = _read(value, date.fromisoformat)
    return date_format(day, "DATE_FORMAT") if day else value


def _moment_text(value: str) -> str:
    """The moment in Copenhagen time, whatever its time zone was."""
    at = _read(value, datetime.fromisoformat)
    if not isinstance(at, datetime):
        return value
    local = at.astimezone(COPENHAGEN) if at.tzinfo else at
    return f"{date_format(local.date(), 'DATE_FORMAT')} {local:%H:%M}"
