"""Personal data of correspondence: what people write to us and we to them, why it is kept and for how long."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from indgang.correspondence.models import Thread
from indgang.privacy.kinds import Basis, Holding, PersonalData, cover, declare

_MESSAGES = "SELECT id FROM correspondence_threadmessage WHERE thread_id = ANY(%(keys)s)"
_MESSAGE_TEXTS = ("sender_name", "sender_address", "subject", "text", "quoted", "html", "message_id", "fault")
_LISTS = ("to", "cc", "references")
_EMPTY = ", ".join((*(f"{name} = ''" for name in _MESSAGE_TEXTS), *(f"\"{name}\" = '[]'" for name in _LISTS)))
_THREAD_EMPTY = "subject = '', contact_name = '', contact_address = '', reasons = '[]'"
_POST_TEXTS = ("party", "party_key", "party_shown", "number")
_POST_EMPTY = ", ".join(f"{name} = ''" for name in _POST_TEXTS)
_LEFT = (
    "held.contact_address <> '' OR held.contact_name <> '' OR held.subject <> '' OR EXISTS"
    " (SELECT FROM correspondence_messagesource AS source"
    " JOIN correspondence_threadmessage AS message ON message.id = source.message_id"
    " WHERE message.thread_id = held.enquiry_id)"
)

#: whether `typed`, a text of answers that have not been sent, is an address or number of the person as people write it
_BARE = "regexp_replace(typed, '[^+0-9]', '', 'g')"
_TYPED_BY_THEM = (
    "lower(btrim(typed)) = ANY(%(emails)s) OR (typed ~ '^[+0-9 ().-]+$' AND (" + _BARE + " = ANY(%(numbers)s)"
    " OR '+45' || " + _BARE + " = ANY(%(numbers)s) OR regexp_replace(" + _BARE + ", '^00', '+') = ANY(%(numbers)s)))"
)

CORRESPONDENCE = declare(
    PersonalData(
        name="correspondence",
        title=_("Mails, formularer, chat, SMS og Digital Post"),
        whose=_("Den, der ringer eller henvender sig"),
        purpose=_("At besvare henvendelsen og kunne se, hvad der blev spurgt om og svaret"),
        basis=Basis.PUBLIC_TASK,
        since=_("henvendelsen blev afsluttet"),
        days=365,
        outcomes={str(code): label for code, label in Thread.Ending.choices},
        holdings=(
            Holding(
                table="correspondence_thread", since="ended_at", key="enquiry_id", key_type="uuid", outcome="ending",
                left=_LEFT, free="held.state = 'over'", free_to_erase="held.state = 'over'",
                waits=_("Der er ikke svaret endnu. Det slettes, når henvendelsen er afsluttet."),
                scrubs=(
                    f"DELETE FROM correspondence_messagesource WHERE message_id IN ({_MESSAGES})",  # noqa: S608  # our names
                    f"DELETE FROM correspondence_enclosure WHERE message_id IN ({_MESSAGES})",  # noqa: S608  # our names
                    "UPDATE correspondence_formsubmission SET answers = '{}', code = ''"
                    " WHERE thread_id = ANY(%(keys)s)",
                    f"UPDATE correspondence_threadmessage SET {_EMPTY} WHERE thread_id = ANY(%(keys)s)",  # noqa: S608  # our names
                    "UPDATE correspondence_chat SET key_hash = thread_id::text, page = '', transcript_to = ''"
                    " WHERE thread_id = ANY(%(keys)s)",
                    f"UPDATE correspondence_securepost SET {_POST_EMPTY} WHERE message_id IN ({_MESSAGES})",  # noqa: S608  # our names
                    "DELETE FROM correspondence_replydraft WHERE thread_id = ANY(%(keys)s)",
                    f"UPDATE correspondence_thread SET {_THREAD_EMPTY} WHERE enquiry_id = ANY(%(keys)s)",  # noqa: S608  # our names
                ),
                subject="held.enquiry_id = ANY(%(enquiries)s) OR (held.contact_address <> '' AND"
                " (lower(held.contact_address) = ANY(%(emails)s) OR held.contact_address = ANY(%(numbers)s))) OR EXISTS"
                " (SELECT FROM correspondence_threadmessage AS message WHERE message.thread_id = held.enquiry_id"
                " AND message.direction = 'in' AND lower(message.sender_address) = ANY(%(emails)s)) OR EXISTS"
                " (SELECT FROM correspondence_formsubmission AS sent, jsonb_each_text(sent.answers) AS answer"
                " WHERE sent.thread_id = held.enquiry_id AND (lower(answer.value) = ANY(%(emails)s)"
                " OR answer.value = ANY(%(numbers)s)))",
                exports={
                    "begyndt": "held.began_at", "kanal": "held.channel", "emne": "held.subject",
                    "navn": "held.contact_name", "adresse": "held.contact_address", "udfald": "held.ending",
                    "beskeder": "(SELECT jsonb_agg(jsonb_build_object('tid', message.at, 'retning', message.direction,"
                    " 'fra', message.sender_address, 'emne', message.subject, 'tekst', message.text)"
                    " ORDER BY message.at) FROM correspondence_threadmessage AS message"
                    " WHERE message.thread_id = held.enquiry_id)",
                    "formular": "(SELECT sent.answers FROM correspondence_formsubmission AS sent"
                    " WHERE sent.thread_id = held.enquiry_id)",
                },
            ),
        ),
    ),
    *(f"correspondence.Thread.{name}" for name in ("subject", "contact_name", "contact_address", "token", "reasons")),
    *(f"correspondence.ThreadMessage.{name}" for name in (*_MESSAGE_TEXTS, *_LISTS)),
    *(f"correspondence.Chat.{name}" for name in ("key_hash", "page", "transcript_to")),
    *(f"correspondence.SecurePost.{name}" for name in _POST_TEXTS),
    "correspondence.MessageSource.raw",
    "correspondence.Enclosure.name",
    "correspondence.Enclosure.content",
    "correspondence.FormSubmission.answers",
    "correspondence.FormSubmission.code",
)  # fmt: skip

declare(
    PersonalData(
        name="reply_drafts",
        title=_("Kladder til svar"),
        whose=_("Den, der ringer eller henvender sig"),
        purpose=_("At et svar, en medarbejder er ved at skrive, ikke går tabt"),
        basis=Basis.PUBLIC_TASK,
        since=_("kladden sidst blev ændret"),
        days=30,
        holdings=(
            Holding(
                table="correspondence_replydraft", since="updated_at",
                scrubs=("DELETE FROM correspondence_replydraft WHERE id = ANY(%(keys)s)",),
                subject="held.thread_id = ANY(%(enquiries)s)",
                exports={"ændret": "held.updated_at", "kladde": "held.fields"},
            ),
        ),
    ),
    "correspondence.ReplyDraft.fields",
)  # fmt: skip

declare(
    PersonalData(
        name="saved_answers",
        title=_("Formularer, der ikke er sendt"),
        whose=_("Den, der udfylder en formular på hjemmesiden"),
        purpose=_("At man kan gemme en formular og fortsætte senere"),
        basis=Basis.PUBLIC_TASK,
        since=_("linket udløb"),
        days=1,
        holdings=(
            Holding(
                table="correspondence_savedanswers", since="expires_at", key_type="uuid",
                scrubs=("DELETE FROM correspondence_uploadpart WHERE upload_id IN"
                        " (SELECT id FROM correspondence_fileupload WHERE saved_id = ANY(%(keys)s))",
                        "DELETE FROM correspondence_fileupload WHERE saved_id = ANY(%(keys)s)",
                        "DELETE FROM correspondence_savedfile WHERE saved_id = ANY(%(keys)s)",
                        "DELETE FROM correspondence_savedanswers WHERE id = ANY(%(keys)s)"),
                subject=f"held.enquiry_id = ANY(%(enquiries)s) OR EXISTS (SELECT FROM jsonb_each(held.data) AS field,"
                f" jsonb_array_elements_text(field.value) AS typed WHERE {_TYPED_BY_THEM})",
                exports={
                    "begyndt": "held.created_at", "svar": "held.data",
                    "filer": "(SELECT jsonb_agg(file.name) FROM correspondence_savedfile AS file"
                    " WHERE file.saved_id = held.id)",
                },
            ),
        ),
    ),
    *(f"correspondence.SavedAnswers.{name}" for name in ("token", "data", "submission")),
    *(f"correspondence.{name}" for name in ("SavedFile.name", "SavedFile.content", "FileUpload.name",
      "FileUpload.digest", "UploadPart.content")),
)  # fmt: skip

declare(
    PersonalData(
        name="blocked_senders",
        title=_("Spærrede afsendere"),
        whose=_("Afsendere af spam"),
        purpose=_("At holde spam ude af køerne"),
        basis=Basis.PUBLIC_TASK,
        since=_("afsenderen blev spærret"),
        days=730,
        holdings=(
            Holding(
                table="correspondence_blockedsender", since="since",
                scrubs=("DELETE FROM correspondence_blockedsender WHERE id = ANY(%(keys)s)",),
                subject="lower(held.sender) = ANY(%(emails)s)",
                exports={"afsender": "held.sender", "spærret": "held.since"},
            ),
        ),
    ),
    "correspondence.BlockedSender.sender",
)  # fmt: skip

declare(
    PersonalData(
        name="sms",
        title=_("Sms'er"),
        whose=_("Den, der ringer eller henvender sig"),
        purpose=_("At sende det, der blev lovet i samtalen, og kunne se, om det kom frem"),
        basis=Basis.PUBLIC_TASK,
        since=_("sms'en blev sendt eller kom"),
        days=365,
        holdings=(
            Holding(
                table="correspondence_smsmessage", since="at", key_type="uuid", left="held.number <> ''",
                scrubs=("UPDATE correspondence_smsmessage SET number = '', text = '' WHERE id = ANY(%(keys)s)",),
                subject="held.number = ANY(%(numbers)s) OR held.enquiry_id = ANY(%(enquiries)s)",
                exports={"tid": "held.at", "retning": "held.direction", "nummer": "held.number", "tekst": "held.text",
                         "tilstand": "held.state"},
            ),
        ),
    ),
    "correspondence.SmsMessage.number", "correspondence.SmsMessage.text",
)  # fmt: skip

declare(
    PersonalData(
        name="sms_silences",
        title=_("Numre, der har skrevet STOP"),
        whose=_("Den, der ikke vil have sms'er"),
        purpose=_("Ikke at sende sms'er til den, der har sagt nej"),
        basis=Basis.LEGAL_DUTY,
        since=_("nummeret skrev START"),
        days=183,
        holdings=(
            Holding(
                table="correspondence_smssilence", since="until", free="held.until IS NOT NULL",
                waits=_("Nummeret har skrevet STOP. Det gemmes, så der ikke sendes sms'er."),
                scrubs=("DELETE FROM correspondence_smssilence WHERE id = ANY(%(keys)s)",),
                subject="held.number = ANY(%(numbers)s)",
                exports={"nummer": "held.number", "fra": "held.since", "til": "held.until"},
            ),
        ),
    ),
    "correspondence.SmsSilence.number",
)  # fmt: skip

cover("staff", "correspondence.SmsMessage.sent_by", "correspondence.ReplyText.person")
cover(
    "staff", "correspondence.Thread.holder", "correspondence.ThreadMessage.author", "correspondence.ReplyDraft.person",
    "correspondence.BlockedSender.by", "correspondence.ThreadReader.person", "correspondence.FormVersion.created_by",
    "correspondence.FormVersion.published_by", "correspondence.SavedAnswers.begun_by",
    "correspondence.FormSubmission.filled_by",
)  # fmt: skip
