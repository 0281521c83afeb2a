"""The rows of correspondence: mailboxes and their rules, threads with their messages, and what agents write."""

from indgang.correspondence.models.mailboxes import BlockedSender, Mailbox, MailboxState, RoutingRule
from indgang.correspondence.models.threads import Enclosure, Message, ReplyDraft, Source, Thread

__all__ = [
    "BlockedSender", "Enclosure", "Mailbox", "MailboxState", "Message", "ReplyDraft", "RoutingRule", "Source", "Thread",
]  # fmt: skip
