"""News about a subject: shown on the site for a period, and sent in the newsletter to its subscribers."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.catalogue.models import Service
from indgang.core.masking import has_cpr
from indgang.core.refusals import RefusedChange
from indgang.knowledge.changes import record_change
from indgang.knowledge.models import News
from indgang.live import stale

LONGEST = 5_000


def shown(at: datetime) -> QuerySet[News]:
    """News shown on the site at `at`, newest first."""
    return News.objects.filter(shown_from__lte=at, shown_until__gt=at).select_related("service")


@transaction.atomic
def write(
    news: News | None, *, title: str, text: str, title_en: str, text_en: str, service: Service | None,
    shown_from: datetime, shown_until: datetime, by: Person, at: datetime,
) -> News:  # fmt: skip
    """Save a piece of news; without `news`, create one. Mails that are sent already do not change. Raises
    RefusedChange, by field."""
    fields = {"title": " ".join(title.split()), "title_en": " ".join(title_en.split())}
    fields |= {"text": text.replace("\x00", "").strip(), "text_en": text_en.replace("\x00", "").strip()}
    _refuse(fields, shown_from, shown_until)
    before = _values(news) if news else {}
    news = news or News(written_by=by)
    for name, value in fields.items():
        setattr(news, name, value)
    news.service, news.shown_from, news.shown_until = service, shown_from, shown_until
    news.save()
    record_change("news.change" if before else "news.create", news, by=by, at=at, before=before, after=_values(news))
    stale.mark("all/knowledge")
    return news


@transaction.atomic
def end(news: News, *, by: Person, at: datetime) -> None:
    """Remove it from the site now; a piece that was never shown is deleted."""
    before = _values(news)
    if news.shown_from >= at:
        record_change("news.remove", news, by=by, at=at, before=before)
        news.delete()
    elif news.shown_until > at:
        news.shown_until = at
        news.save(update_fields=["shown_until"])
        record_change("news.end", news, by=by, at=at, before=before, after=_values(news))
    stale.mark("all/knowledge")


def _refuse(fields: dict[str, str], shown_from: datetime, shown_until: datetime) -> None:
    wrong: dict[str, str] = {}
    for name in ("title", "text"):
        if not fields[name]:
            wrong[name] = _("Udfyld feltet.")
    for name, most in (("title", 200), ("title_en", 200), ("text", LONGEST), ("text_en", LONGEST)):
        if len(fields[name]) > most:
            wrong[name] = _("Skriv højst %(most)s tegn.") % {"most": most}
        elif has_cpr(fields[name]):
            wrong[name] = _("Teksten ser ud til at rumme et CPR-nummer. Fjern det.")
    if bool(fields["title_en"]) != bool(fields["text_en"]):
        wrong["text_en"] = _("Skriv både overskrift og tekst på engelsk, eller ingen af dem.")
    if shown_until <= shown_from:
        wrong["shown_until"] = _("Slutningen skal ligge efter begyndelsen.")
    if wrong:
        raise RefusedChange(wrong)


def _values(news: News) -> dict[str, str | None]:
    return {
        "title": news.title, "text": news.text, "title_en": news.title_en, "text_en": news.text_en,
        "service": news.service.code if news.service else None,
        "shown_from": news.shown_from.isoformat(), "shown_until": news.shown_until.isoformat(),
    }  # fmt: skip
