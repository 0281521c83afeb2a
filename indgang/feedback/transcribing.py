"""What a program hears in a spoken comment: a proposal for whoever writes it down. Off unless a program is named.

A transcriber fulfils `Transcriber`. `CommandTranscriber` runs a program of this machine.
"""

from __future__ import annotations

import codecs
import logging
import shlex
import subprocess
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.conf import settings

from indgang.feedback import answering
from indgang.feedback.models import SpokenComment

logger = logging.getLogger(__name__)
#: the most characters of a program's output that are read
_LONGEST_OUTPUT = 20_000


class NotTranscribed(RuntimeError):
    """The program failed, took too long, or printed no text. The message names no words of the comment."""


class Transcriber(Protocol):
    def transcribe(self, wav: bytes, language: str) -> str:
        """The words of the sound (WAV, 8 kHz mono), "" when there are none. Raises NotTranscribed."""


@dataclass(frozen=True, slots=True)
class CommandTranscriber:
    """Runs a program: the sound on its standard input, the words on its standard output in UTF-8. In its arguments
    `{language}` stands for "da" or "en"."""

    command: str
    seconds: float

    def transcribe(self, wav: bytes, language: str) -> str:
        try:
            arguments = [each.replace("{language}", language) for each in shlex.split(self.command)]
            done = subprocess.run(arguments, input=wav, capture_output=True, timeout=self.seconds, check=True)
            # a character that the cut divides is left out
            return codecs.getincrementaldecoder("utf-8")().decode(done.stdout[:_LONGEST_OUTPUT])
        except (OSError, subprocess.SubprocessError, ValueError) as error:
            raise NotTranscribed(type(error).__name__) from error


def configured() -> Transcriber | None:
    """The program of the settings; None when nothing is transcribed."""
    if not settings.TRANSCRIBER_COMMAND:
        return None
    return CommandTranscriber(settings.TRANSCRIBER_COMMAND, float(settings.TRANSCRIBER_SECONDS))


def propose_next(transcriber: Transcriber | None, *, at: datetime) -> SpokenComment | None:
    """Store what the program hears in the next comment, masked; returns that comment. One that the program cannot
    transcribe is not given to it again."""
    rows = SpokenComment.objects.to_write().filter(transcribed_at=None, sound__isnull=False, delete_at__gt=at)
    found = rows.select_related("response").first() if transcriber else None
    if transcriber is None or found is None:
        return None
    try:
        draft = answering.kept_words(transcriber.transcribe(bytes(found.sound or b""), found.response.language))
    except NotTranscribed as error:
        logger.error("spoken comment %s could not be transcribed (%s)", found.pk, error)
        draft = ""
    # somebody may have settled it while the program worked
    SpokenComment.objects.to_write().filter(pk=found.pk).update(draft=draft, transcribed_at=at)
    return found
