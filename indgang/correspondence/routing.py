"""Where a mail goes: the rules of its mailbox against what is known of it. Pure.

The first rule in order whose conditions all hold decides; without one it goes to the queue of the mailbox. Only an
answer in a thread that ended too long ago to be opened again goes where that lay, unless the rule says that nobody
answers it. The decision says why, so that it can be shown, and tried on mails of the past before a rule holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

#: most words, senders and recipients of one rule, and the longest of them
MOST, LONGEST = 50, 254
_WORD = re.compile(r"\w+", re.UNICODE)


class BadConditions(ValueError):
    """The conditions cannot be used. `condition` is which, `why` is `unknown`, `kind` or `too_many`; the text is for
    those who write them as data."""

    def __init__(self, condition: str, why: str) -> None:
        super().__init__(f"{condition}: {why}")
        self.condition, self.why = condition, why


@dataclass(frozen=True, slots=True)
class ThreadPlace:
    """Where a thread lay: its queue, and what it asked of whoever answers."""

    queue: str
    skills: Mapping[str, int] = field(default_factory=dict)
    priority: int = 0


@dataclass(frozen=True, slots=True)
class MailFacts:
    """What rules may ask about a mail. Addresses are in lower case; `party` is "business", "citizen" or "", and
    `party_names` are its name in lower case and its CVR number. `before` is where the thread lay that it answers."""

    sender: str = ""
    recipients: tuple[str, ...] = ()
    subject: str = ""
    text: str = field(default="", repr=False)
    party: str = ""
    has_files: bool = False
    language: str = "da"
    party_names: tuple[str, ...] = ()
    before: ThreadPlace | None = None


@dataclass(frozen=True, slots=True)
class Conditions:
    """What must be true of a mail; empty ones are not asked about.

    words       one of these words or phrases is in the subject or the text, whole and in any case
    senders     it comes from one of these: an address, or `@` and a domain
    recipients  it is to one of these addresses: a mailbox may have several
    party       the sender is known as this kind of party: "business" or "citizen"
    parties     the sender is one of these: a CVR number, or the name of a party that we know
    has_files   it has files with it, or has none
    language    it is written in this language
    """

    words: tuple[str, ...] = ()
    senders: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    party: str = ""
    parties: tuple[str, ...] = ()
    has_files: bool | None = None
    language: str = ""

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Conditions:
        """The conditions as `as_data` wrote them. Raises BadConditions."""
        unknown = set(data) - {each.name for each in fields(cls)}
        if unknown:
            raise BadConditions(sorted(unknown)[0], "unknown")
        lists = {name: _texts(name, data.get(name, ())) for name in ("words", "senders", "recipients", "parties")}
        has_files = data.get("has_files")
        if has_files is not None and not isinstance(has_files, bool):
            raise BadConditions("has_files", "kind")
        return cls(
            **lists, party=str(data.get("party", "")), has_files=has_files, language=str(data.get("language", ""))
        )

    def as_data(self) -> dict[str, Any]:
        """The conditions that are asked about, as JSON data."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in values.items()
            if value not in ((), "", None)
        }

    @property
    def is_empty(self) -> bool:
        """Whether every mail meets them."""
        return not self.as_data()

    def met_by(self, mail: MailFacts) -> list[tuple[str, str]] | None:
        """Why the mail meets them, as pairs of condition and what was found; None when it does not."""
        found: list[tuple[str, str]] = []
        for name, test in _TESTS.items():
            if getattr(self, name) in ((), "", None):
                continue
            hit = test(self, mail)
            if hit is None:
                return None
            found.append((name, hit))
        return found


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as it holds on a day. `treatment` is a `RoutingRule.Treatment`; `queue` "" is that of the mailbox."""

    key: int
    name: str
    conditions: Conditions
    treatment: str = "route"
    queue: str = ""
    skills: Mapping[str, int] = field(default_factory=dict)
    priority: int = 0


@dataclass(frozen=True, slots=True)
class Routed:
    """The decision. `rule` is None when none fitted; `reasons` are pairs of code and value."""

    treatment: str
    queue: str
    skills: Mapping[str, int]
    priority: int
    rule: int | None
    reasons: tuple[tuple[str, str], ...]


def decide(mail: MailFacts, rules: Sequence[Rule], queue: str) -> Routed:
    """Where the mail goes; `queue` is that of the mailbox."""
    rule, why = _first_met(mail, rules)
    before = place_it_keeps(mail, rule.treatment if rule else "route")
    if before is not None:
        return Routed("route", before.queue, before.skills, before.priority, None, (("thread", before.queue),))
    if rule is not None:
        reasons = (("rule", rule.name), *why)
        return Routed(rule.treatment, rule.queue or queue, rule.skills, rule.priority, rule.key, reasons)
    return Routed("route", queue, {}, 0, None, (("mailbox", queue),))


def place_it_keeps(mail: MailFacts, treatment: str) -> ThreadPlace | None:
    """Where an answer in an old thread lay and goes again, whatever rule has this treatment; None: the rule decides."""
    return mail.before if treatment == "route" else None


def _first_met(mail: MailFacts, rules: Sequence[Rule]) -> tuple[Rule | None, list[tuple[str, str]]]:
    """The first rule whose conditions the mail meets, and why."""
    for rule in rules:
        why = rule.conditions.met_by(mail)
        if why is not None:
            return rule, why
    return None, []


def _texts(name: str, values: Any) -> tuple[str, ...]:
    """The texts in order, trimmed, without empty and doubled ones."""
    if not isinstance(values, list | tuple) or not all(isinstance(each, str) for each in values):
        raise BadConditions(name, "kind")
    found = tuple(dict.fromkeys(each.strip().lower() for each in values if each.strip()))
    if len(found) > MOST or any(len(each) > LONGEST for each in found):
        raise BadConditions(name, "too_many")
    return found


def _words_in(words: Iterable[str]) -> str:
    """The words with one blank between and around them, so that a phrase is found as whole words."""
    return f" {' '.join(words)} "


def _by_word(asked: Conditions, mail: MailFacts) -> str | None:
    said = _words_in(_WORD.findall(f"{mail.subject} {mail.text}".lower()))
    return next((word for word in asked.words if _words_in(_WORD.findall(word)) in said), None)


def _by_sender(asked: Conditions, mail: MailFacts) -> str | None:
    return next((each for each in asked.senders if is_from(mail.sender, each)), None)


def is_from(sender: str, pattern: str) -> bool:
    """Whether the address is this one or, for `@` and a domain, in the domain or below it."""
    if not pattern.startswith("@"):
        return sender == pattern
    domain = sender.rpartition("@")[2]
    return domain == pattern[1:] or domain.endswith("." + pattern[1:])


def _by_recipient(asked: Conditions, mail: MailFacts) -> str | None:
    return next((each for each in asked.recipients if each in mail.recipients), None)


def _by_party(asked: Conditions, mail: MailFacts) -> str | None:
    return mail.party if mail.party == asked.party else None


def _by_name(asked: Conditions, mail: MailFacts) -> str | None:
    return next((each for each in asked.parties if each in mail.party_names), None)


def _by_files(asked: Conditions, mail: MailFacts) -> str | None:
    return str(mail.has_files).lower() if mail.has_files == asked.has_files else None


def _by_language(asked: Conditions, mail: MailFacts) -> str | None:
    return mail.language if mail.language == asked.language else None


_TESTS = {
    "words": _by_word, "senders": _by_sender, "recipients": _by_recipient, "party": _by_party, "parties": _by_name,
    "has_files": _by_files,
    "language": _by_language,
}  # fmt: skip
