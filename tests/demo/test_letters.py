"""The mails of the demo's day: as many as the documents count beside the calls, readable, and the same each time."""

from __future__ import annotations

from itertools import islice
from random import Random

from indgang.demo.day import DayOfCalls
from indgang.demo.letters import DayOfMails, mailboxes
from indgang.messaging.reading import MailKind, read
from tests.world import MORNING


def day(seed: int = 1, per_minute: float = 10.0) -> DayOfMails:
    return DayOfMails(DayOfCalls(Random(seed), per_minute))


def test_mails_come_beside_calls_as_often_as_they_were_counted() -> None:
    counted = {each.code: each.mails_per_year for each in mailboxes()}
    assert counted == {"byliv": 1_500, "jord": 8_650}
    calls = sum(each.calls_per_year for each in day().day.subjects)
    assert day().per_minute == 10.0 * 10_150 / calls
    came = [mail.mailbox for mail in islice(day().mails(MORNING), 2_000)]
    assert 0.11 < came.count("byliv") / len(came) < 0.19


def test_every_mail_is_read_without_a_problem_and_a_few_are_automatic() -> None:
    readings = [read(mail.raw) for mail in islice(day().mails(MORNING), 300)]
    assert {each.kind for each in readings} == {MailKind.MESSAGE, MailKind.AUTO_REPLY}
    assert all(not each.problems and each.sender and each.new_text for each in readings)
    assert len({each.message_id for each in readings}) == 300


def test_the_same_random_numbers_give_the_same_mails() -> None:
    one, two = (next(iter(day().mails(MORNING))) for _again in range(2))
    assert (one.at, one.mailbox, one.wish) == (two.at, two.mailbox, two.wish)


def test_no_mails_come_where_no_calls_come() -> None:
    assert list(day(per_minute=0).mails(MORNING)) == []
