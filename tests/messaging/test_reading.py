"""A mail becomes a typed, safe value: its main path. The awkward ones are in the corpus (test_corpus.py)."""

from __future__ import annotations

from datetime import UTC, datetime

from indgang.messaging import reading
from indgang.messaging.reading import MailAddress, MailKind, MailLimits, MailProblem

_MAIL = """\
From: =?utf-8?Q?Ida_H=C3=B8jg=C3=A5rd?= <ida@example.dk>
To: "Kommunen, post" <post@kommune.example.dk>, bo@example.dk
Subject: =?iso-8859-1?Q?Sp=F8rgsm=E5l?= om
 =?utf-8?B?w6VibmluZ3N0aWRlcg==?=
Date: Thu, 26 Nov 2026 10:00:00 +0100
Message-ID: <a1@example.dk>
References: <a0@kommune.example.dk>
 <a00@example.dk>
In-Reply-To: <a0@kommune.example.dk>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="outer"

--outer
Content-Type: multipart/alternative; boundary=inner

--inner
Content-Type: text/plain; charset=utf-8

Hej

Hvornår åbner I?

--\x20
Ida Højgård

Den 25. nov. 2026 kl. 10.00 skrev Kommunen <post@kommune.example.dk>:

> Hej Ida
> Tak for din mail.

--inner
Content-Type: text/html; charset=utf-8

<p>Hvornår <b>åbner</b> I?<script>alert(1)</script> <a href="javascript:x()">x</a>
<a href="https://example.dk/" onclick="x()">her</a><img src="http://example.org/sporing.png"><img src="cid:logo@1"></p>
--inner--
--outer
Content-Type: application/pdf; name="../../tegning.pdf"
Content-Transfer-Encoding: base64

JVBERi0xLjQK
--outer
Content-Type: image/png
Content-ID: <logo@1>
Content-Disposition: inline; filename="logo.png"
Content-Transfer-Encoding: base64

iVBORw0KGgoAAAANSUhEUg==
--outer--
""".encode()


def test_a_mail_is_read_with_its_sender_thread_texts_and_files() -> None:
    mail = reading.read(_MAIL)
    assert mail.kind is MailKind.MESSAGE
    assert mail.sender == MailAddress("Ida Højgård", "ida@example.dk")
    assert mail.to == (MailAddress("Kommunen, post", "post@kommune.example.dk"), MailAddress("", "bo@example.dk"))
    assert mail.subject == "Spørgsmål om åbningstider"
    assert mail.sent_at == datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
    assert mail.message_id == "<a1@example.dk>"
    assert mail.in_reply_to == ("<a0@kommune.example.dk>",)
    assert mail.references == ("<a0@kommune.example.dk>", "<a00@example.dk>")
    assert mail.new_text == "Hej\n\nHvornår åbner I?"
    assert mail.signature == "Ida Højgård"
    assert mail.quoted_text.startswith("Den 25. nov. 2026")
    assert mail.quoted_text.endswith("> Tak for din mail.")
    drawing, _logo = mail.attachments
    assert (drawing.name, drawing.kind, drawing.content) == ("tegning.pdf", "application/pdf", b"%PDF-1.4\n")
    assert mail.may_be_answered
    assert mail.problems == ()


def test_html_runs_and_loads_nothing_and_shows_the_pictures_of_the_mail() -> None:
    mail = reading.read(_MAIL)
    assert "<b>åbner</b>" in mail.html
    assert '<a href="https://example.dk/" rel="noopener noreferrer nofollow">her</a>' in mail.html
    for word in ("script", "onclick", "example.org", "alert"):
        assert word not in mail.html
    assert mail.blocked_images == 1
    assert [each.inline_id for each in mail.attachments] == ["", "logo@1"]
    shown = reading.with_pictures(mail.html, lambda inline_id: f"/billede/?id={inline_id}&x")
    assert '<img src="/billede/?id=logo@1&amp;x">' in shown


def test_words_that_look_like_a_picture_stay_words() -> None:
    raw = b'From: ida@example.dk\nContent-Type: text/html\n\n<p title=\'<img src="cid:a"\'>Skriv src="cid:b" selv</p>'
    html = reading.read(raw).html
    assert 'Skriv src="cid:b" selv' in html
    assert reading.with_pictures(html, lambda inline_id: "/billede/") == html


def test_of_a_mail_that_is_too_large_the_headers_are_read() -> None:
    limits = MailLimits(mail=1000)
    assert reading.too_large(len(_MAIL), limits)
    assert not reading.too_large(1000, limits)
    mail = reading.read(_MAIL, limits=limits)
    assert (mail.subject, mail.text, mail.attachments) == ("Spørgsmål om åbningstider", "", ())
    assert mail.problems == (MailProblem.MAIL_TOO_LARGE,)
