"""Personal data of callers in enquiries: what is kept, why and for how long.

Figures are computed from the calls' events, so the events stay and only their personal fields are erased. In transfers,
each name becomes a number within its enquiry, because the count of transfers depends on which targets are equal.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from indgang.enquiries.models import LIVE_STATES, ReturnCall, State
from indgang.events import kinds as event_kinds
from indgang.privacy.kinds import EVENT, Basis, Holding, PersonalData, cover, declare, find_more_enquiries

#: personal fields of events: the callers and the people they were transferred to
OF_CALLERS = ("address", "caller_name", "caller_number", "dialled", "name", "number", "recording", "text")
_callers = _("Den, der ringer eller henvender sig")
_over = {str(state): label for state, label in State.choices if state not in LIVE_STATES}
#: the enquiry has no call in progress and no promised call
_ENQUIRY_IS_OVER = "held.phase = ''"
_PARTY_IS_ALONE = "NOT EXISTS (SELECT FROM enquiries_enquiry AS enquiry WHERE enquiry.party_id = held.id)"
_goes_on = _("Der er et opkald i gang, eller vi har lovet at ringe. Det slettes, når det er afsluttet.")
_owed = _("Vi skylder et opkald. Nummeret slettes, når opkaldet er lukket på listen.")
_ENQUIRIES_OF_SUBJECT = "held.id = ANY(%(enquiries)s)"


def _personal_events() -> str:
    """The kinds of events with such fields, as an SQL list."""
    kinds = [kind for kind in event_kinds.declared() if kind.personal & set(OF_CALLERS)]
    return ", ".join(f"'{kind}'" for kind in kinds)


# `kind || ''` makes the planner read these streams instead of all events of a kind since the earliest of them
_NAMES = """
UPDATE events_event AS event
SET data = (event.data - '{address,name}'::text[])
    || CASE WHEN named.name = '' THEN '{"name": "", "scrubbed": true}'::jsonb
       ELSE jsonb_build_object('name', '#' || named.rank, 'scrubbed', true) END
FROM (
    SELECT stream, number, at, name, dense_rank() OVER (PARTITION BY stream ORDER BY first) AS rank
    FROM (
        SELECT stream, number, at, left(coalesce(data ->> 'name', ''), 200) AS name,
            min(number) OVER (PARTITION BY stream, left(coalesce(data ->> 'name', ''), 200)) AS first
        FROM events_event
        WHERE stream = ANY(%(keys)s) AND at >= %(floor)s AND kind || '' IN ('passed_on', 'transferred')
    ) AS found
) AS named
WHERE event.stream = named.stream AND event.number = named.number AND event.at = named.at AND event.data ? 'name'
    AND event.stream = ANY(%(keys)s) AND event.at >= %(floor)s AND NOT event.data ? 'scrubbed'
"""
_FIELDS = f"""
UPDATE events_event SET data = (data - '{{{",".join(OF_CALLERS)}}}'::text[]) || '{{"scrubbed": true}}'
WHERE stream = ANY(%(keys)s) AND at >= %(floor)s AND NOT data ? 'scrubbed'
    AND kind || '' NOT IN ('passed_on', 'transferred') AND kind || '' IN ({_personal_events()})
"""  # noqa: S608  # our names
_EVENTS = (_NAMES, _FIELDS)
_ROW = """
UPDATE enquiries_enquiry SET caller_number = '', caller_name = '', dialled = '', party_id = NULL, transferred_to = ''
WHERE id = ANY(%(keys)s)
"""
_NOTES = "UPDATE enquiries_question SET note = '' WHERE enquiry_id = ANY(%(keys)s) AND note <> ''"
_GUIDES = "UPDATE enquiries_guidewalk SET path = '[]' WHERE enquiry_id = ANY(%(keys)s) AND path <> '[]'"
_CASES = "DELETE FROM enquiries_casereference WHERE enquiry_id = ANY(%(keys)s)"
_ANSWERS = """
knowledge_searchdocument WHERE kind = 'answer' AND key IN (
    SELECT id::text FROM enquiries_question WHERE enquiry_id = ANY(%(keys)s))
"""
_POSTINGS = f"DELETE FROM knowledge_searchposting WHERE document_id IN (SELECT id FROM {_ANSWERS})"  # noqa: S608  # our names

_CALL_FIELDS = tuple(EVENT + name for name in OF_CALLERS)

CALL_EVENTS = declare(
    PersonalData(
        name="call_events",
        title=_("Numre og navne i opkaldenes forløb"),
        whose=_callers,
        purpose=_("At kunne følge og rette et opkald, der gik galt, og ringe til den, vi tabte"),
        basis=Basis.PUBLIC_TASK,
        since=_("henvendelsen kom"),
        days=90,
        outcomes=_over,
        holdings=(
            Holding(
                table="enquiries_enquiry", since="arrived_at", key_type="uuid", by_time=True, outcome="state",
                left="EXISTS (SELECT FROM events_event AS event WHERE event.stream = held.id AND event.number = 0"
                " AND event.at BETWEEN held.arrived_at - interval '1 day' AND held.arrived_at + interval '8 days'"
                " AND NOT event.data ? 'scrubbed')",
                free=_ENQUIRY_IS_OVER, free_to_erase=_ENQUIRY_IS_OVER, waits=_goes_on, scrubs=_EVENTS,
                subject=_ENQUIRIES_OF_SUBJECT,
                exports={"forløb": "(SELECT jsonb_agg(jsonb_build_object('tid', event.at, 'hændelse', event.kind,"
                         " 'oplysninger', event.data - 'scrubbed') ORDER BY event.number)"
                         " FROM events_event AS event WHERE event.stream = held.id)"},
            ),
        ),
    ),
    *_CALL_FIELDS, "events.StoredEvent.data",
)  # fmt: skip

CONTACT_RECORD = declare(
    PersonalData(
        name="contact_record",
        title=_("Henvendelser med note"),
        whose=_callers,
        purpose=_("At den næste medarbejder kender sagen, når den samme henvender sig igen"),
        basis=Basis.PUBLIC_TASK,
        since=_("henvendelsen kom"),
        days=365,
        outcomes=_over,
        holdings=(
            Holding(
                table="enquiries_enquiry", since="arrived_at", key_type="uuid", by_time=True, outcome="state",
                left="held.caller_number <> '' OR held.caller_name <> '' OR held.dialled <> ''"
                " OR held.party_id IS NOT NULL OR held.transferred_to <> '' OR EXISTS ("
                "SELECT FROM enquiries_question AS asked WHERE asked.enquiry_id = held.id AND asked.note <> '')"
                " OR EXISTS (SELECT FROM enquiries_guidewalk AS walk WHERE walk.enquiry_id = held.id"
                " AND walk.path <> '[]') OR EXISTS (SELECT FROM enquiries_casereference AS about"
                " WHERE about.enquiry_id = held.id)",
                free=_ENQUIRY_IS_OVER, free_to_erase=_ENQUIRY_IS_OVER, waits=_goes_on,
                scrubs=(*_EVENTS, _POSTINGS, f"DELETE FROM {_ANSWERS}", _NOTES, _GUIDES, _CASES, _ROW),  # noqa: S608  # our names
                subject=_ENQUIRIES_OF_SUBJECT,
                exports={
                    "henvendelse": "held.id", "kom": "held.arrived_at", "kanal": "held.channel",
                    "tilstand": "held.state", "nummer": "held.caller_number", "navn": "held.caller_name",
                    "ringede til": "held.dialled", "menuvalg": "held.menu", "stillet videre til": "held.transferred_to",
                    "spørgsmål": "(SELECT jsonb_agg(jsonb_build_object('ydelse', service.name, 'udfald', asked.outcome,"
                    " 'note', asked.note) ORDER BY asked.\"order\") FROM enquiries_question AS asked"
                    " JOIN catalogue_service AS service ON service.id = asked.service_id"
                    " WHERE asked.enquiry_id = held.id)",
                    "vejvisere": "(SELECT jsonb_agg(walk.path) FROM enquiries_guidewalk AS walk"
                    " WHERE walk.enquiry_id = held.id)",
                    "sager": "(SELECT jsonb_agg(about.system || ' ' || about.number)"
                    " FROM enquiries_casereference AS about WHERE about.enquiry_id = held.id)",
                },
            ),
        ),
    ),
    "enquiries.Enquiry.caller_number", "enquiries.Enquiry.caller_name", "enquiries.Enquiry.dialled",
    "enquiries.Enquiry.party", "enquiries.Enquiry.transferred_to", "enquiries.Question.note",
    "enquiries.GuideWalk.path", "enquiries.CaseReference.number",
)  # fmt: skip

DRAFTS = declare(
    PersonalData(
        name="drafts",
        title=_("Kladder til registrering"),
        whose=_callers,
        purpose=_("At det, en medarbejder er ved at skrive, ikke går tabt"),
        basis=Basis.PUBLIC_TASK,
        since=_("kladden sidst blev ændret"),
        days=30,
        holdings=(
            Holding(
                table="enquiries_draft", since="updated_at",
                scrubs=("DELETE FROM enquiries_draft WHERE id = ANY(%(keys)s)",),
                subject="held.enquiry_id = ANY(%(enquiries)s)",
                exports={"ændret": "held.updated_at", "kladde": "held.fields"},
            ),
        ),
    ),
    "enquiries.Draft.fields",
)  # fmt: skip

_results = {str(code): label for code, label in ReturnCall.Result.choices}

RETURN_CALLS = declare(
    PersonalData(
        name="return_calls",
        title=_("Numre, vi skulle ringe tilbage til"),
        whose=_callers,
        purpose=_("At ringe til den, der lagde på i køen, indtalte en besked eller blev lovet et opkald"),
        basis=Basis.PUBLIC_TASK,
        since=_("opkaldet blev lukket"),
        days=183,
        outcomes=_results,
        holdings=(
            Holding(
                table="enquiries_returncall", since="done_at", outcome="result", left="held.number <> ''",
                free="held.done_at IS NOT NULL", free_to_erase="held.done_at IS NOT NULL", waits=_owed,
                scrubs=("UPDATE enquiries_returncall SET number = '' WHERE id = ANY(%(keys)s)",),
                subject="held.number = ANY(%(numbers)s) OR held.enquiry_id = ANY(%(enquiries)s)",
                exports={"oprettet": "held.created_at", "slags": "held.kind", "nummer": "held.number",
                         "lukket": "held.done_at", "resultat": "held.result"},
            ),
        ),
    ),
    "enquiries.ReturnCall.number",
)  # fmt: skip

VOICE_MESSAGES = declare(
    PersonalData(
        name="voice_messages",
        title=_("Indtalte beskeder"),
        whose=_callers,
        purpose=_("At høre, hvad den, der ringede, ville, og ringe tilbage"),
        basis=Basis.CONSENT,
        since=_("opkaldet blev lukket"),
        days=30,
        holdings=(
            Holding(
                table="enquiries_returncall", since="done_at", left="held.recording IS NOT NULL",
                free="held.done_at IS NOT NULL",
                scrubs=("UPDATE enquiries_returncall SET recording = NULL WHERE id = ANY(%(keys)s)",),
                subject="held.recording IS NOT NULL AND"
                " (held.number = ANY(%(numbers)s) OR held.enquiry_id = ANY(%(enquiries)s))",
                exports={"indtalt": "held.created_at", "lyd (WAV, base64)": "encode(held.recording, 'base64')"},
            ),
        ),
    ),
    "enquiries.ReturnCall.recording",
)  # fmt: skip

RECORDINGS = declare(
    PersonalData(
        name="recordings",
        title=_("Optagede samtaler"),
        whose=_("Den, der ringer, og medarbejderen"),
        purpose=_("Det formål, der er bestemt for køen, og som den, der ringede, har sagt ja til med en tast"),
        basis=Basis.CONSENT,
        since=_("datoen, der blev sat, da samtalen begyndte"),
        days=0,
        keeps=_("Til den dato, der blev sat, da samtalen begyndte. Køens formål siger, hvor længe: normalt 30 dage."),
        holdings=(
            Holding(
                table="enquiries_callrecording", since="delete_at",
                scrubs=("DELETE FROM enquiries_callrecording WHERE id = ANY(%(keys)s)",),
                subject="held.enquiry_id = ANY(%(enquiries)s)",
                exports={
                    "optaget": "held.began_at", "slettes": "held.delete_at",
                    "formål": "(SELECT own.purpose FROM entry_recordingpurpose AS own WHERE own.id = held.purpose_id)",
                    "lyd (WAV, base64)": "encode(held.sound, 'base64')",
                },
            ),
        ),
    ),
    "enquiries.CallRecording.sound",
)  # fmt: skip

PARTIES = declare(
    PersonalData(
        name="parties",
        title=_("Virksomheder og borgere, vi kender"),
        whose=_callers,
        purpose=_("At hilse på den, der ringer, ved navn og finde tidligere henvendelser"),
        basis=Basis.PUBLIC_TASK,
        since=_("de blev oprettet, og tidligst når den sidste henvendelse er slettet"),
        days=365,
        holdings=(
            Holding(
                table="enquiries_party", since="created_at",
                free=_PARTY_IS_ALONE, free_to_erase=_PARTY_IS_ALONE, waits=_goes_on,
                scrubs=("DELETE FROM enquiries_partynumber WHERE party_id = ANY(%(keys)s)",
                        "DELETE FROM enquiries_party WHERE id = ANY(%(keys)s)"),
                subject="held.id = ANY(%(parties)s)",
                exports={"slags": "held.kind", "navn": "held.name", "cvr": "held.cvr", "e-mail": "held.email",
                         "beskyttet": "held.protected", "oprettet": "held.created_at",
                         "numre": "(SELECT jsonb_agg(own.number) FROM enquiries_partynumber AS own"
                         " WHERE own.party_id = held.id)"},
            ),
        ),
    ),
    "enquiries.Party.name", "enquiries.Party.cvr", "enquiries.Party.email", "enquiries.PartyNumber.party",
    "enquiries.PartyNumber.number",
)  # fmt: skip

# a party is erased when no enquiry names it any more
find_more_enquiries("SELECT id FROM enquiries_enquiry WHERE party_id = ANY(%(parties)s)")

cover(
    "staff",
    *(f"enquiries.Enquiry.{name}"
      for name in ("agent", "first_agent", "dialled_by", "waits_for", "waits_by")),
    "enquiries.Question.registered_by", "enquiries.ArticleUse.shown_to", "enquiries.Draft.person",
    "enquiries.ReturnCall.done_by", "enquiries.ReturnCall.taken_by", "enquiries.CallRecording.agent",
    "enquiries.CaseReference.noted_by",
)  # fmt: skip
