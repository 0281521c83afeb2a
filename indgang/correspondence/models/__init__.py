"""The rows of correspondence: mailboxes, rules, threads with their messages, forms, chats, what agents write."""

from indgang.correspondence.models.chats import Chat, ChatLine
from indgang.correspondence.models.forms import (
    FileUpload,
    FormSubmission,
    FormVersion,
    OnlineForm,
    SavedAnswers,
    SavedFile,
    UploadPart,
)
from indgang.correspondence.models.mailboxes import BlockedSender, FormerAddress, Mailbox, MailboxState, RoutingRule
from indgang.correspondence.models.secure_post import SecurePost
from indgang.correspondence.models.sms import SmsMessage, SmsSilence
from indgang.correspondence.models.texts import CentreSignature, ReplyText, TextUse
from indgang.correspondence.models.threads import (
    Enclosure,
    MessageSource,
    ReplyDraft,
    Thread,
    ThreadMessage,
    ThreadReader,
)

__all__ = [
    "BlockedSender",
    "CentreSignature",
    "Chat",
    "ChatLine",
    "Enclosure",
    "FileUpload",
    "FormSubmission",
    "FormVersion",
    "FormerAddress",
    "Mailbox",
    "MailboxState",
    "MessageSource",
    "OnlineForm",
    "ReplyDraft",
    "ReplyText",
    "RoutingRule",
    "SavedAnswers",
    "SavedFile",
    "SecurePost",
    "SmsMessage",
    "SmsSilence",
    "TextUse",
    "Thread",
    "ThreadMessage",
    "ThreadReader",
    "UploadPart",
]  # fmt: skip
