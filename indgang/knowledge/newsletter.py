"""The newsletter by subject: requested on the site, confirmed by mail, sent once, and ended with one click.

The site never reveals whether an address is known; only the mailbox receives that answer. The token in the links
identifies a subscriber without sign-in. The audit trail records nothing here: it keeps its rows, and visitors' data
must be deleted.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.utils import translation
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indgang.catalogue.models import Service
from indgang.knowledge import markdown
from indgang.knowledge.models import Language, News, Subscription
from indgang.messaging import mail

logger = logging.getLogger(__name__)

#: an unconfirmed address is deleted after this time
UNCONFIRMED = timedelta(days=7)
#: the pause before the same address gets another mail that it requests; it doubles each time
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=5), timedelta(days=1)
#: tagged addresses (navn+mærke@firma.dk) of one mailbox that may get a mail in an hour
MOST_TAGS = 3
#: characters of a news item in the mail; the rest is on the site
QUOTED = 400


class UnknownLink(LookupError):
    """No subscription has this token: it has ended, was never confirmed in time, or the link is incomplete."""


def ask(email: str, *, services: Iterable[Service], everything: bool, language: str, at: datetime) -> None:
    """Request the newsletter for this address; a mail asks its owner to confirm.

    Behaves the same for every address, known or not. An existing subscriber gets a link to their choices instead, and
    nothing changes. Raises mail.BadAddress, and ValueError when nothing is chosen or the language is unknown.
    """
    address = mail.checked_address(email.strip().lower())
    chosen, language = _some(services, everything), Language(language)
    with transaction.atomic():
        if _is_flooded(address, at):
            logger.warning("a mailbox was asked about the newsletter under many tags; no mail is sent")
            return
        Subscription.objects.bulk_create([_new(address, at)], ignore_conflicts=True)
        row = Subscription.objects.select_for_update().get(email=address)
        if row.asks and at - row.asked_at < _pause(row.asks):
            return
        row.asks, row.asked_at = min(row.asks + 1, 100), at
        if row.confirmed_at is None:
            row.language, row.everything = language, everything
            row.services.set(chosen)
        row.save(update_fields=["asks", "asked_at", "language", "everything"])
        _write_to_asker(row)


def subscriber(token: str, *, at: datetime) -> Subscription:
    """The subscription with this token, confirmed or not. Raises UnknownLink."""
    row = _alive(_with(token), at).first()
    if row is None:
        raise UnknownLink
    return row


def confirm(token: str, *, at: datetime) -> Subscription:
    """Confirm the address; from now on it gets the newsletter. A second call changes nothing. Raises UnknownLink."""
    with transaction.atomic():
        row = _locked(token, at)
        if row.confirmed_at is None:
            row.confirmed_at = at
            row.save(update_fields=["confirmed_at"])
    return row


def change(
    token: str, *, services: Iterable[Service], everything: bool, at: datetime, language: str = ""
) -> Subscription:
    """Change the subjects or the language. Raises UnknownLink, and ValueError when nothing is chosen."""
    chosen = _some(services, everything)
    with transaction.atomic():
        row = _locked(token, at)
        row.everything, row.language = everything, Language(language or row.language)
        row.save(update_fields=["everything", "language"])
        row.services.set(chosen)
    return row


def end(token: str) -> bool:
    """Delete the subscription and its queued mails. False when the token is unknown, so the subscription has ended
    already."""
    with transaction.atomic():
        row = _with(token).select_for_update().first()
        if row is None:
            return False
        for language in Language.values:
            mail.withdraw(unsubscribe_url=_address(language, "nyhedsbrev", token, "afmeld"))
        row.delete()
    return True


def forget_unconfirmed(*, at: datetime) -> int:
    """Delete addresses that nobody confirmed in time; returns the number deleted."""
    return Subscription.objects.filter(confirmed_at__isnull=True, asked_at__lt=at - UNCONFIRMED).delete()[0]


def send_due(*, at: datetime) -> int:
    """Send unsent news to its subscribers, one mail each for all pieces. Returns the number of mails.

    One transaction marks the news as sent and queues its mails: a worker that dies does all or nothing, and a second
    worker at the same time finds nothing left. News without a subject goes to subscribers of everything.
    """
    with transaction.atomic():
        due = News.objects.select_for_update(of=("self",)).select_related("service")
        news = list(due.filter(sent_at__isnull=True, shown_from__lte=at, shown_until__gt=at).order_by("shown_from"))
        if not news:
            return 0
        News.objects.filter(pk__in=[each.pk for each in news]).update(sent_at=at)
        return len(mail.send_all(_newsletters(news)))


# --- Subscribers -------------------------------------------------------------------------------------


def _new(address: str, at: datetime) -> Subscription:
    return Subscription(email=address, token=secrets.token_urlsafe(32), asked_at=at)


def _some(services: Iterable[Service], everything: bool) -> list[Service]:
    chosen = list(services)
    if not chosen and not everything:
        raise ValueError("a newsletter about nothing")
    return chosen


def _is_flooded(address: str, at: datetime) -> bool:
    """Whether its mailbox has received enough mails under other tags."""
    name, _at, domain = address.partition("@")
    box = Subscription.objects.filter(email__startswith=f"{name.partition('+')[0]}+", email__endswith=f"@{domain}")
    return "+" in name and box.filter(asked_at__gt=at - timedelta(hours=1)).exclude(email=address).count() >= MOST_TAGS


def _pause(asks: int) -> timedelta:
    doubled: int = 1 << min(asks - 1, 20)
    return min(FIRST_PAUSE * doubled, LONGEST_PAUSE)


def _with(token: str) -> QuerySet[Subscription]:
    return Subscription.objects.filter(token=token.replace("\x00", ""))


def _alive(rows: QuerySet[Subscription], at: datetime) -> QuerySet[Subscription]:
    return rows.exclude(confirmed_at__isnull=True, asked_at__lt=at - UNCONFIRMED)


def _locked(token: str, at: datetime) -> Subscription:
    row = _alive(_with(token).select_for_update(), at).first()
    if row is None:
        raise UnknownLink
    return row


# --- Mails -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Item:
    """One piece of news in one language."""

    news: News
    title: str
    text: str
    url: str


def _newsletters(news: Sequence[News]) -> Iterator[mail.Letter]:
    items = {language: [_item(each, language) for each in news] for language in Language.values}
    rows = Subscription.objects.filter(confirmed_at__isnull=False).order_by("pk")
    only_keys = Prefetch("services", Service.objects.only("pk"))
    for row in rows.prefetch_related(only_keys).iterator(chunk_size=500):
        wanted = {service.pk for service in row.services.all()}
        chosen = [each for each in items[row.language] if row.everything or each.news.service_id in wanted]
        if chosen:
            yield _newsletter(row, chosen)


def _item(news: News, language: str) -> _Item:
    english = language == Language.ENGLISH
    text = markdown.plain(((english and news.text_en) or news.text)[: markdown.MOST_CHARACTERS])
    if len(text) > QUOTED:
        text = text[:QUOTED].rpartition(" ")[0] + " …"
    title = (english and news.title_en) or news.title
    return _Item(news, title, text, _address(language, "nyheder", str(news.pk)))


def _newsletter(row: Subscription, items: Sequence[_Item]) -> mail.Letter:
    with translation.override(row.language):
        subject = items[0].title
        if len(items) > 1:
            more = len(items) - 1
            subject = ngettext("%(title)s og %(count)s nyhed mere", "%(title)s og %(count)s nyheder mere", more) % {
                "title": items[0].title[:150], "count": more,
            }  # fmt: skip
        leave = _address(row.language, "nyhedsbrev", row.token, "afmeld")
        change = _address(row.language, "nyhedsbrev", row.token)
        foot = [(_("Vælg andre emner:"), change), (_("Afmeld nyhedsbrevet:"), leave)]
    said = [f"{each.title}\n\n{each.text}\n\n{each.url}" for each in items]
    text = "\n\n\n".join(said) + "\n\n-- \n" + "\n".join(f"{words} {url}" for words, url in foot) + "\n"
    return mail.Letter(row.email, subject, text, _html(row.language, items, foot), leave)


def _html(language: str, items: Sequence[_Item], foot: Collection[tuple[str, str]]) -> SafeString:
    parts = [
        format_html(
            '<h2><a href="{}">{}</a></h2>{}', each.url, each.title,
            format_html_join("", "<p>{}</p>", ((line,) for line in each.text.splitlines() if line)),
        )
        for each in items
    ]  # fmt: skip
    links = format_html_join("", '<p>{} <a href="{}">{}</a></p>', ((words, url, url) for words, url in foot))
    body = format_html_join("", "{}", ((part,) for part in parts))
    return format_html('<!doctype html><html lang="{}"><body>{}<hr>{}</body></html>', language, body, links)


def _write_to_asker(row: Subscription) -> None:
    with translation.override(row.language):
        if row.confirmed_at is None:
            subject = _("Bekræft, at du vil have nyhedsbrevet")
            said = [
                _("Nogen, forhåbentlig du, har bedt om vores nyhedsbrev til denne adresse."),
                _("Bekræft her:") + "\n" + _address(row.language, "nyhedsbrev", row.token, "bekraeft"),
                _("Var det ikke dig, behøver du ikke gøre noget. Så hører du ikke mere fra os, og adressen bliver "
                  "slettet efter syv dage."),
            ]  # fmt: skip
        else:
            subject = _("Du får allerede nyhedsbrevet")
            said = [
                _("Nogen, forhåbentlig du, har bedt om vores nyhedsbrev til denne adresse, men den er allerede "
                  "tilmeldt."),
                _("Vælg emner, eller afmeld dig her:") + "\n" + _address(row.language, "nyhedsbrev", row.token),
                _("Var det ikke dig, behøver du ikke gøre noget. Intet er ændret."),
            ]  # fmt: skip
    mail.send(to=row.email, subject=subject, text="\n\n".join(said) + "\n")


def _address(language: str, *path: str) -> str:
    """The URL of a page of the public site; a test compares these with the site's own URL list."""
    before = ["en"] if language == Language.ENGLISH else []
    return "/".join([settings.PUBLIC_URL, *before, *path]) + "/"
