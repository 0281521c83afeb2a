"""Personal data in queued mails."""

from __future__ import annotations

from indgang.privacy.kinds import cover

cover("passing", *(f"messaging.Mail.{name}" for name in ("to", "subject", "text", "html", "unsubscribe_url")))
