"""Digital Post: its certificate of ours is there, and how long it is valid. Mailboxes are looked at by `mailboxes`."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from django.conf import settings
from django.utils.translation import gettext as _

from indgang.core import clock
from indgang.correspondence.models import Mailbox
from indgang.health.finding import Finding, error, ok, warning
from indgang.messaging.secure_post import transport
from indgang.messaging.secure_post.contract import SecurePostError

#: an OCES certificate is ordered from people, which takes longer than a week
_SOON = timedelta(days=30)


def look() -> Iterator[Finding]:
    used = Mailbox.objects.valid_on(clock.today()).filter(adapter=Mailbox.Adapter.POST)
    if not used.exists():
        yield ok(_("Ingen postkasse bruger Digital Post."))
        return
    yield _certificate(settings.SECURE_POST_CERTIFICATE, settings.SECURE_POST_KEY)


def _certificate(path: str, key: str) -> Finding:
    advice = _("Sæt INDGANG_SECURE_POST_CERTIFICATE til et OCES-certifikat som PEM-fil, og _KEY til dets nøgle.")
    if not path:
        return error(_("Der er intet certifikat til Digital Post."), advice)
    try:
        transport.context_of(path, key)
        ends = x509.load_pem_x509_certificate(Path(path).read_bytes()).not_valid_after_utc
    except (SecurePostError, OSError, ValueError):
        return error(_("Certifikatet til Digital Post kan ikke læses: %(path)s") % {"path": path}, advice)
    # the machine's own clock, as the service compares: a demo's clock may be moved
    left = ends - datetime.fromtimestamp(time.time(), UTC)
    told = {"day": f"{ends:%d.%m.%Y}"}
    if left < timedelta(0):
        return error(_("Certifikatet til Digital Post udløb den %(day)s.") % told, advice)
    text = _("Certifikatet til Digital Post gælder til den %(day)s.") % told
    return warning(text, _("Bestil et nyt certifikat.")) if left < _SOON else ok(text)
