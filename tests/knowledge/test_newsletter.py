"""The newsletter reaches confirmed subscribers once, and ending a subscription deletes the subscriber."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.urls import resolve

from indgang.catalogue.models import Service
from indgang.knowledge import newsletter
from indgang.knowledge.models import News, Subscription
from indgang.messaging import mail
from indgang.messaging.models import Mail

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def _service(code: str) -> Service:
    return Service.objects.create(code=code, name=code.title(), valid_from=date(2020, 1, 1))


def _news(title: str, service: Service | None, **changes: Any) -> News:
    fields = {"text": f"Alt om **{title}**", "shown_from": NOW - DAY, "shown_until": NOW + 30 * DAY} | changes
    return News.objects.create(title=title, service=service, **fields)


def _ask(email: str, *services: Service, everything: bool = False, language: str = "da", at: datetime = NOW) -> None:
    newsletter.ask(email, services=services, everything=everything, language=language, at=at)


def _subscriber(email: str, *services: Service, everything: bool = False, language: str = "da") -> Subscription:
    _ask(email, *services, everything=everything, language=language, at=NOW - 2 * DAY)
    row = Subscription.objects.get(email=email)
    newsletter.confirm(row.token, at=NOW - 2 * DAY)
    Mail.objects.all().delete()
    return row


def _links(row: Mail) -> list[str]:
    return re.findall(r"https?://\S+", row.text)


def test_nothing_is_sent_before_the_address_is_confirmed() -> None:
    soil = _service("jord")
    _news("Jord", soil)
    _ask("ida@firma.example", soil)
    [asked] = Mail.objects.all()
    assert newsletter.send_due(at=NOW) == 0
    assert asked.unsubscribe_url == ""
    row = Subscription.objects.get()
    assert any(row.token in link for link in _links(asked))
    newsletter.confirm(row.token, at=NOW)
    assert list(Subscription.objects.get().services.all()) == [soil]


def test_the_answer_is_the_same_whether_the_address_is_known_or_not() -> None:
    soil, noise = _service("jord"), _service("stoej")
    known = _subscriber("ida@firma.example", soil)
    _ask("ida@firma.example", noise, at=NOW)
    _ask("bo@firma.example", noise, at=NOW)
    told, asked = Mail.objects.get(to="ida@firma.example"), Mail.objects.get(to="bo@firma.example")
    assert told.subject != asked.subject, "only the mailbox is told"
    known.refresh_from_db()
    assert list(known.services.all()) == [soil], "strangers change nothing"


def test_capital_letters_make_no_second_subscriber() -> None:
    soil = _service("jord")
    _ask("Ida@Firma.example", soil)
    _ask(" ida@firma.example ", soil, at=NOW + DAY)
    assert Subscription.objects.get().email == "ida@firma.example"


def test_nobody_fills_somebody_elses_mailbox() -> None:
    soil = _service("jord")
    for minutes in range(0, 24 * 60, 5):
        _ask("ida@firma.example", soil, at=NOW + timedelta(minutes=minutes))
    assert Mail.objects.count() == 9, "5, 10, 20 … minutes lie between"


@pytest.mark.slow("asks hundreds of times")
def test_many_strangers_addresses_lock_nobody_out() -> None:
    soil = _service("jord")
    for number in range(600):
        _ask(f"nr{number}@firma{number}.example", soil)
    _ask("bo@firma.example", soil)
    assert Subscription.objects.filter(email="bo@firma.example").exists()


def test_one_mailbox_under_many_tags_gets_few_mails() -> None:
    soil = _service("jord")
    for number in range(8):
        _ask(f"ida+{number}@firma.example", soil)
    assert Mail.objects.count() == newsletter.MOST_TAGS
    _ask("ida@firma.example", soil)
    _ask("id+a@firma.example", soil)
    assert Mail.objects.count() == newsletter.MOST_TAGS + 2, "the mailbox itself, and another"
    _ask("ida+9@firma.example", soil, at=NOW + timedelta(hours=2))
    assert Mail.objects.count() == newsletter.MOST_TAGS + 3


@pytest.mark.parametrize("email", ["ida", "ida@firma.example\nBcc: alle@firma.example", ""])
def test_an_address_that_is_none_is_refused_and_not_kept(email: str) -> None:
    with pytest.raises(mail.BadAddress):
        _ask(email, everything=True)
    assert not Subscription.objects.exists()


def test_a_language_we_do_not_write_is_refused() -> None:
    with pytest.raises(ValueError, match="xx"):
        _ask("ida@firma.example", everything=True, language="xx")
    assert not Subscription.objects.exists()


def test_a_newsletter_about_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing"):
        _ask("ida@firma.example")
    row = _subscriber("ida@firma.example", everything=True)
    with pytest.raises(ValueError, match="nothing"):
        newsletter.change(row.token, services=[], everything=False, at=NOW)


def test_an_address_nobody_confirms_is_forgotten_after_seven_days() -> None:
    _ask("ida@firma.example", everything=True)
    confirmed = _subscriber("bo@firma.example", everything=True)
    token = Subscription.objects.get(email="ida@firma.example").token
    late = NOW + 7 * DAY + timedelta(seconds=1)
    with pytest.raises(newsletter.UnknownLink):
        newsletter.confirm(token, at=late)
    assert newsletter.forget_unconfirmed(at=NOW + 7 * DAY) == 0
    assert newsletter.forget_unconfirmed(at=late) == 1
    assert Subscription.objects.get() == confirmed


def test_each_gets_one_mail_with_the_news_of_their_subjects() -> None:
    soil, noise = _service("jord"), _service("stoej")
    _subscriber("ida@firma.example", soil)
    _subscriber("bo@firma.example", soil, noise)
    _subscriber("eva@firma.example", everything=True)
    _subscriber("per@firma.example", _service("rotter"))
    _news("Jordflytning", soil)
    _news("Nattestøj", noise)
    _news("Lukket i påsken", None)
    assert newsletter.send_due(at=NOW) == 3
    texts = dict(Mail.objects.values_list("to", "text"))
    found = {
        to: {word for word in ("Jordflytning", "Nattestøj", "påsken") if word in text} for to, text in texts.items()
    }
    assert found == {
        "ida@firma.example": {"Jordflytning"},
        "bo@firma.example": {"Jordflytning", "Nattestøj"},
        "eva@firma.example": {"Jordflytning", "Nattestøj", "påsken"},
    }


def test_news_is_sent_once_and_only_while_it_is_shown() -> None:
    soil = _service("jord")
    _subscriber("ida@firma.example", soil)
    now = _news("Nu", soil)
    later = _news("Senere", soil, shown_from=NOW + DAY)
    _news("Forbi", soil, shown_until=NOW)
    assert newsletter.send_due(at=NOW) == 1
    assert newsletter.send_due(at=NOW) == 0
    assert newsletter.send_due(at=NOW + DAY) == 1
    now.refresh_from_db()
    later.refresh_from_db()
    assert (now.sent_at, later.sent_at) == (NOW, NOW + DAY)
    assert [row.subject for row in Mail.objects.order_by("pk")] == ["Nu", "Senere"]


def test_a_worker_that_dies_while_it_writes_leaves_everything_for_the_next() -> None:
    _subscriber("ida@firma.example", everything=True)
    news = _news("Nyt", None)
    with transaction.atomic():
        assert newsletter.send_due(at=NOW) == 1
        transaction.set_rollback(True)
    news.refresh_from_db()
    assert news.sent_at is None
    assert not Mail.objects.exists()
    assert newsletter.send_due(at=NOW + DAY) == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_one_mail() -> None:
    _subscriber("ida@firma.example", everything=True)
    _news("Nyt", None)

    def send(_number: int) -> int:
        try:
            return newsletter.send_due(at=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as workers:
        assert sorted(workers.map(send, range(4))) == [0, 0, 0, 1]
    assert Mail.objects.count() == 1


def test_the_mail_is_in_the_subscribers_language() -> None:
    _subscriber("ida@firma.example", everything=True, language="en")
    _news("Vejarbejde", None, title_en="Road works", text_en="On Monday", text="På mandag")
    newsletter.send_due(at=NOW)
    row = Mail.objects.get()
    assert (row.subject, "On Monday" in row.text, "På mandag" in row.text) == ("Road works", True, False)
    assert "/en/" in row.unsubscribe_url
    assert "Unsubscribe" in row.text


def test_what_editors_write_is_text_in_the_mail() -> None:
    _subscriber("ida@firma.example", everything=True)
    _news("<script>1</script>\nBcc: alle", None, text="<img src=x onerror=1> & mere")
    newsletter.send_due(at=NOW)
    row = Mail.objects.get()
    assert "<script" not in row.html
    assert "<img" not in row.html
    assert "\n" not in row.subject


def test_who_ends_it_is_forgotten_with_what_still_waits() -> None:
    row = _subscriber("ida@firma.example", everything=True)
    _subscriber("bo@firma.example", everything=True)
    _news("Nyt", None)
    newsletter.send_due(at=NOW)
    assert newsletter.end(row.token)
    assert not newsletter.end(row.token)
    assert [each.email for each in Subscription.objects.all()] == ["bo@firma.example"]
    assert [each.to for each in Mail.objects.all()] == ["bo@firma.example"]


def test_subjects_are_changed_with_the_link_alone() -> None:
    soil, noise = _service("jord"), _service("stoej")
    row = _subscriber("ida@firma.example", soil)
    newsletter.change(row.token, services=[noise], everything=False, language="en", at=NOW)
    row.refresh_from_db()
    assert (list(row.services.all()), row.language) == ([noise], "en")
    for unknown in ("", "x", row.token + "\x00x"):
        with pytest.raises(newsletter.UnknownLink):
            newsletter.change(unknown, services=[soil], everything=False, at=NOW)


@pytest.mark.parametrize("language", ["da", "en"])
def test_every_link_leads_to_its_page(language: str, settings: Any) -> None:
    settings.PUBLIC_URL = "https://indgang.kommune.example"
    _ask("ida@firma.example", everything=True, language=language)
    [confirm] = _links(Mail.objects.get())
    row = Subscription.objects.get()
    newsletter.confirm(row.token, at=NOW)
    Mail.objects.all().delete()
    item = _news("Nyt", None)
    newsletter.send_due(at=NOW)
    news, change, leave = _links(Mail.objects.get())
    assert leave == Mail.objects.get().unsubscribe_url
    found = [resolve(link.removeprefix(settings.PUBLIC_URL)) for link in (confirm, change, leave, news)]
    assert [each.url_name for each in found] == [
        "newsletter-confirm",
        "newsletter-choices",
        "newsletter-end",
        "news-item",
    ]
    assert found[3].kwargs == {"pk": item.pk}
    assert {each.namespace for each in found} == {"portal-en" if language == "en" else "portal"}
