"""Converts text to prompts with espeak-ng, and lists the prompts for digits and numbers.

espeak-ng is a program of the system (Debian package `espeak-ng`). If it is missing, `speak` raises `NoVoice`.
`stand_in` makes a sound as long as the spoken text, which is enough for the simulator and the demo.
"""

from __future__ import annotations

import functools
import shutil
import subprocess

from indgang.telephony.sound import BadRecording, read_wav, seconds_of, silence, tone

__all__ = [
    "BadRecording",
    "NoVoice",
    "counting_prompts",
    "has_voice",
    "read_wav",
    "seconds_of",
    "speak",
    "speak_or_stand_in",
    "stand_in",
]

#: words per minute; a little slower than espeak-ng's 175, because telephone sound is narrowband
WORDS_A_MINUTE = 150
#: characters per second at that speed
CHARACTERS_A_SECOND = 14.0
#: the longest text of one prompt; about five minutes
MAX_CHARACTERS = 4000

_VOICES = {"da": "da", "en": "en-gb"}


class NoVoice(RuntimeError):
    """The text cannot be spoken: espeak-ng is not installed, or refused. The message says what to do."""


def has_voice() -> bool:
    """Whether text can be spoken on this machine."""
    return shutil.which("espeak-ng") is not None


def speak(text: str, language: str = "da") -> bytes:
    """The spoken text as WAV bytes (8 kHz mono 16-bit). `language` is "da" or "en".

    Raises `NoVoice` when espeak-ng is missing or fails, and ValueError for an unknown language or a text that is empty
    or too long.
    """
    _check(text, language)
    program = shutil.which("espeak-ng")
    if program is None:
        raise NoVoice("espeak-ng is not installed; install it (scripts/install-test-tools) or upload a recording")
    command = [program, "-v", _VOICES[language], "-s", str(WORDS_A_MINUTE), "--stdin", "--stdout"]
    try:
        done = subprocess.run(command, input=text.encode(), capture_output=True, timeout=60, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        raise NoVoice(f"espeak-ng could not speak the text: {error}") from error
    return read_wav(_with_true_length(done.stdout))


def stand_in(text: str) -> bytes:
    """WAV bytes of a short tone and then silence, as long as the spoken text would be."""
    seconds = max(1.0, len(text) / CHARACTERS_A_SECOND)
    beep = tone(0.2)
    return _joined(beep, silence(seconds - 0.2))


def speak_or_stand_in(text: str, language: str = "da") -> bytes:
    """The spoken text, or its stand-in if there is no voice."""
    return speak(text, language) if has_voice() else stand_in(text)


@functools.lru_cache(maxsize=4)
def counting_prompts(language: str = "da") -> tuple[tuple[str, str], ...]:
    """Names and texts of the prompts for `digits:` and `number:`.

    These are `digit-0` … `digit-9` and `number-0` … `number-99`, because Danish numbers cannot be composed from their
    digits (21 is "enogtyve"). espeak-ng reads figures aloud, so the text of a number is its figures.
    """
    digits = [(f"digit-{n}", str(n)) for n in range(10)]
    return tuple(digits + [(f"number-{n}", str(n)) for n in range(100)])


def _check(text: str, language: str) -> None:
    if language not in _VOICES:
        raise ValueError(f"no voice for language {language!r}; there is {', '.join(_VOICES)}")
    if not text.strip():
        raise ValueError("there is no text to speak")
    if len(text) > MAX_CHARACTERS:
        raise ValueError(f"the text has {len(text)} characters; a prompt has at most {MAX_CHARACTERS}")


def _with_true_length(wav: bytes) -> bytes:
    """The WAV with its true length in the header (bytes 4 and 40): espeak-ng writes the header before it knows it."""
    if wav[:4] != b"RIFF" or wav[36:40] != b"data":
        return wav
    return wav[:4] + (len(wav) - 8).to_bytes(4, "little") + wav[8:40] + (len(wav) - 44).to_bytes(4, "little") + wav[44:]


def _joined(first: bytes, second: bytes) -> bytes:
    """Two of our WAV files (44 bytes of header each) joined into one."""
    return _with_true_length(first + second[44:])
