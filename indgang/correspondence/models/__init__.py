"""The rows of correspondence: mailboxes and their rules, threads with their messages, and what agents write."""

from indgang.correspondence.models.chats import Chat, ChatLine
from indgang.correspondence.models.mailboxes import BlockedSender, Mailbox, MailboxState, RoutingRule
from indgang.correspondence.models.threads import Enclosure, MessageSource, ReplyDraft, Thread, ThreadMessage

__all__ = [
    "BlockedSender",
    "Chat",
    "ChatLine",
    "Enclosure",
    "Mailbox",
    "MailboxState",
    "MessageSource",
    "ReplyDraft",
    "RoutingRule",
    "Thread",
    "ThreadMessage",
]  # fmt: skip
