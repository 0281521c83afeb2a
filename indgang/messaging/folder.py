"""A mail server for demo and development: a folder with one .eml file per mail, which mail programs can open."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from indgang.core import clock

logger = logging.getLogger(__name__)


class EmailBackend(BaseEmailBackend):
    """Writes into settings.MAIL_FOLDER; only the user that runs the product can read it."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = Path(settings.MAIL_FOLDER)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for message in email_messages:
            self._write(folder, message)
        return len(email_messages)

    def _write(self, folder: Path, message: EmailMessage) -> None:
        written = message.message()
        begins = clock.now().astimezone(clock.COPENHAGEN).strftime("%Y%m%d-%H%M%S")
        path = folder / f"{begins}-{str(written['Message-ID'])[1:9]}.eml"
        half = path.with_suffix(".part")  # readers of the folder never find half a mail
        with open(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(written.as_bytes())
        half.replace(path)
        logger.info("a mail is in %s", path)
