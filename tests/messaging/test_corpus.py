"""Awkward mails, one in each file of the corpus: what must come out of each of them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from indgang.messaging import reading
from indgang.messaging.reading import MailAddress, MailReading
from tests.messaging.corpus_table import CORPUS, EXPECTED, OTHER_OWN, OWN, Expected


def _read(name: str) -> MailReading:
    return reading.read((CORPUS / f"{name}.eml").read_bytes(), own=(OWN, OTHER_OWN))


def test_the_table_names_every_mail_of_the_corpus() -> None:
    assert {path.stem for path in CORPUS.glob("*.eml")} == EXPECTED.keys()
    assert len(EXPECTED) >= 60


@pytest.mark.parametrize(("name", "expected"), EXPECTED.items(), ids=EXPECTED.keys())
def test_an_awkward_mail_is_read(name: str, expected: Expected) -> None:
    mail = _read(name)
    files = tuple(each.name + (f" ({each.refused})" if each.refused else "") for each in mail.attachments)
    found = Expected(mail.new_text[:60], mail.kind, mail.subject, files, mail.no_auto_answer, mail.problems)
    assert found == expected
    assert mail.may_be_answered == (not expected.why_not)


@pytest.mark.parametrize(
    ("name", "sender"),
    [
        ("header-utf-8-unencoded", MailAddress("Søren Ærø", "soeren@example.dk")),
        ("header-latin-1-unencoded", MailAddress("Søren Ærø", "soeren@example.dk")),
        ("sender-missing", None),
        ("sender-twice", MailAddress("Ida Holm", "ida@example.dk")),
        ("sender-old-form", MailAddress("Ida Holm", "ida@example.dk")),
        ("sender-comma-and-comment", MailAddress("Holm, Ida (Byg)", "ida@example.dk")),
        ("sender-name-is-an-address", MailAddress("direktor@kommune.example.dk", "bandit@example.org")),
        ("sender-nested-comments", MailAddress("", "ida@example.dk")),
        ("sender-with-control-characters", MailAddress("Ida", "ida@example.dk")),
    ],
)
def test_the_sender_is_the_address_and_not_what_its_name_says(name: str, sender: MailAddress | None) -> None:
    assert _read(name).sender == sender


def test_groups_and_encoded_names_are_read_as_addresses() -> None:
    mail = _read("sender-comma-and-comment")
    assert mail.to == ()
    assert mail.cc == (
        MailAddress("", "anna@example.dk"),
        MailAddress("Bo", "bo@example.dk"),
        MailAddress("Søren", "s@example.dk"),
    )


@pytest.mark.parametrize(
    ("name", "sent_at"),
    [
        ("charset-utf-8", datetime(2026, 11, 24, 9, 15, tzinfo=UTC)),
        ("date-unknown-zone", datetime(2026, 11, 24, 10, 15, tzinfo=UTC)),
        ("date-impossible", None),
        ("date-in-the-future", None),
        ("date-of-a-dead-clock", None),
    ],
)
def test_a_date_that_cannot_be_is_left_out(name: str, sent_at: datetime | None) -> None:
    assert _read(name).sent_at == sent_at


def test_ids_of_messages_are_found_in_words_and_across_lines() -> None:
    assert _read("thread-in-words").in_reply_to == ("<q1@kommune.example.dk>",)
    assert _read("thread-in-words").references == ("<q0@kommune.example.dk>", "<q1@kommune.example.dk>")
    assert _read("message-id-folded").message_id == "<enlangid.12345@example.dk>"
    assert _read("message-id-missing").message_id == ""


@pytest.mark.parametrize(
    ("name", "begins", "ends"),
    [
        ("reply-gmail-danish", "Den tirs. 24. nov. 2026", "> Hilsen Karen"),
        ("reply-gmail-english", "On Tue, Nov 24, 2026", "> You must report the soil."),
        ("reply-gmail-html", "Den tirs. 24. nov. 2026", "> Kan det være mandag?"),
        ("reply-outlook-danish", "____", "Du skal anmelde jorden."),
        ("reply-outlook-english", "-----Original Message-----", "Report it."),
        ("reply-outlook-block-alone", "Fra: Byens Kontaktcenter", "Skal vi ringe?"),
        ("reply-outlook-html", "Fra: Byens Kontaktcenter", "Kære Ida"),
        ("reply-outlook-danish-old", "-----Oprindelig meddelelse-----", "Passer mandag?"),
        ("reply-thunderbird-danish", "Den 24/11/2026", "> Hilsen Karen"),
        ("reply-yahoo-danish", "Den tirsdag den 24. november 2026", "Passer mandag?"),
        ("reply-apple-danish", "> Den 24. nov. 2026", "> Det er klaret."),
        ("reply-marks-alone", "> Er det Ærøvej 4?", "> Og er det i dag?"),
    ],
)
def test_the_older_mail_is_divided_from_the_answer(name: str, begins: str, ends: str) -> None:
    quoted = _read(name).quoted_text
    assert quoted.startswith(begins)
    assert quoted.endswith(ends)


@pytest.mark.parametrize("name", ["reply-between-the-lines", "reply-without-older-mail", "forward-danish"])
def test_an_answer_between_the_lines_and_a_forwarded_mail_stay_whole(name: str) -> None:
    mail = _read(name)
    assert (mail.new_text, mail.quoted_text) == (mail.text, "")


def test_a_signature_stands_by_itself() -> None:
    assert _read("reply-signature").signature == "Ida Holm\nHolm Byg ApS\nTlf. 70 10 20 30"


@pytest.mark.parametrize(
    ("name", "html", "blocked"),
    [
        ("html-script", "<p>Hej</p><img><p>Slut</p>", 0),
        ("html-form", "<p>Log ind</p>Send", 0),
        ("html-hides-nothing-in-style", "<div><p>Synlig</p></div><p>Også her</p>", 0),
        ("html-svg-and-math", "<p>Før</p><img>", 0),
        (
            "html-remote-pictures",
            '<p>Nyt<img height="1" width="1"><img><img></p><table><tbody><tr><td>Tekst</td></tr></tbody></table>',
            3,
        ),
    ],
)
def test_html_keeps_its_words_and_loses_what_runs_and_loads(name: str, html: str, blocked: int) -> None:
    mail = _read(name)
    assert (mail.html.replace(' width="1" height="1"', ' height="1" width="1"'), mail.blocked_images) == (html, blocked)


def test_links_that_are_no_addresses_of_the_web_lose_them() -> None:
    html = _read("html-javascript-links").html
    assert html.count("<a ") == 7
    assert html.count("href=") == 1
    assert '<a href="https://example.dk/a" rel="noopener noreferrer nofollow">syv</a>' in html


def test_pictures_of_the_mail_are_matched_with_its_files() -> None:
    mail = _read("html-shows-its-pictures")
    assert '<img src="cid:hus@example.dk" alt="huset">' in mail.html
    assert mail.html.count("src=") == 1
    assert [(each.name, each.inline_id) for each in mail.attachments] == [
        ("hus.png", "hus@example.dk"),
        ("logo.png", ""),
    ]


def test_a_picture_in_the_address_stays_unless_it_can_hold_a_program() -> None:
    html = _read("html-data-picture").html
    assert html.count('src="data:image/png;base64,') == 1
    assert "svg" not in html


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("file-office", ("wordprocessingml.document", "spreadsheetml.sheet")),
        ("file-name-lies", ("octet-stream", "png")),
        ("file-program-called-pdf", ("x-msdownload",)),
        ("file-archive", ("zip",)),
        ("winmail", ("pdf", "png")),
        ("winmail-content-among-properties", ("pdf", "png")),
    ],
)
def test_the_kind_of_a_file_is_read_from_its_content(name: str, kinds: tuple[str, ...]) -> None:
    found = tuple(each.kind for each in _read(name).attachments)
    assert all(kind.endswith(end) for kind, end in zip(found, kinds, strict=True))


def test_an_archive_keeps_its_bytes_and_is_not_opened() -> None:
    [archive] = _read("file-archive").attachments
    assert archive.content.startswith(b"PK\x03\x04")
    assert archive.size == len(archive.content)


def test_a_mail_in_a_mail_is_a_file_and_is_read() -> None:
    [attached] = _read("mail-in-a-mail").attachments
    assert attached.kind == "message/rfc822"
    assert attached.content.startswith(b"From: Bo Lund")
    assert attached.mail is not None
    assert (attached.mail.subject, attached.mail.text) == ("Støj i gården", "Der er støj hver nat.")


def test_an_invitation_is_read_in_its_own_zone() -> None:
    [found] = _read("invitation").invitations
    assert (found.summary, found.place, found.method) == ("Møde på grunden", "Ærøvej 4", "REQUEST")
    assert (found.begins, found.ends) == (
        datetime(2026, 12, 1, 9, tzinfo=UTC),
        datetime(2026, 12, 1, 10, tzinfo=UTC),
    )
    assert found.organiser == MailAddress("Ida Holm", "ida@example.dk")
    [cancelled] = _read("invitation-whole-day-cancelled").invitations
    assert (cancelled.method, cancelled.recurs) == ("CANCEL", True)
    assert (cancelled.begins, cancelled.ends) == (
        datetime(2026, 12, 4, 23, tzinfo=UTC),
        datetime(2026, 12, 5, 23, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("name", "about", "reports"),
    [
        ("bounce-exchange-danish", "udgaaet1", [("ida@example.org", "failed", "5.7.1", True)]),
        ("bounce-postfix", "udgaaet1", [("ida@example.org", "failed", "5.1.1", True)]),
        ("bounce-not-yet", "udgaaet1", [("ida@example.org", "delayed", "4.4.1", False)]),
        ("bounce-mailbox-full", "udgaaet1", [("ida@example.org", "failed", "4.2.2", False)]),
        (
            "bounce-two-of-three",
            "udgaaet1",
            [
                ("ida@example.org", "failed", "5.1.1", True),
                ("bo@example.org", "delivered", "2.1.5", False),
                ("eva@example.org", "failed", "5.2.1", True),
            ],
        ),
        ("bounce-qmail", "udgaaet2", [("ida@example.org", "failed", "5.1.1", True)]),
        (
            "bounce-exim",
            "udgaaet3",
            [("ida@example.org", "failed", "", True), ("bo@example.org", "failed", "", True)],
        ),
        ("delivery-receipt", "udgaaet1", [("ida@example.org", "delivered", "2.0.0", False)]),
        ("read-receipt", "udgaaet4", []),
    ],
)
def test_a_report_says_which_mail_to_whom_failed_and_whether_for_good(
    name: str, about: str, reports: list[tuple[str, str, str, bool]]
) -> None:
    mail = _read(name)
    assert mail.about == f"<{about}@kommune.example.dk>"
    assert [(each.recipient, each.action, each.status, each.for_good) for each in mail.reports] == reports


def test_a_mail_server_gives_its_reason_in_one_line() -> None:
    [report] = _read("bounce-postfix").reports
    assert report.diagnostic == "550 5.1.1 <ida@example.org>: Recipient address rejected: User unknown"


def test_a_bounce_that_a_person_sends_on_is_a_message() -> None:
    mail = _read("bounce-sent-on-by-a-person")
    assert (mail.about, mail.reports) == ("", ())
    [attached] = mail.attachments
    assert attached.mail is not None
    assert [each.recipient for each in attached.mail.failed] == ["ida@example.org"]
