"""The sounds for callers: a text is spoken once, stored in a folder, and loaded into each exchange that lacks it."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile

from indgang.entry.switchboard import plans
from indgang.telephony import contract as tel
from indgang.telephony import speech

logger = logging.getLogger(__name__)


class SoundShelf:
    """The spoken texts, cached in `folder` by the mark of text and language. Without a voice, tones replace speech."""

    def __init__(self, folder: Path, *, with_voice: bool) -> None:
        self._folder = folder
        self._with_voice = with_voice
        self._sounds: dict[str, plans.Sound] = {}
        self._loaded: dict[str, dict[str, str]] = {}

    def choose(self, at: datetime) -> None:
        """Read the list of sounds from the database."""
        sounds = {sound.name: sound for sound in plans.sounds(at)}
        for name, text in speech.counting_prompts():
            sounds[name] = plans.spoken(name, text)
        self._sounds = sounds

    def are_missing_at(self, telephone: tel.Telephone) -> bool:
        """Whether some sounds were never loaded into this exchange, so that callers would hear nothing."""
        return bool(telephone.lacks(self._sounds))

    async def load_into(self, telephone: tel.Telephone) -> None:
        """Load the sounds that this exchange lacks, then those that it has in an older version.

        A text without a stored sound is spoken now, which takes 30 ms a prompt. A prompt that fails is left out.
        """
        loaded = self._loaded.setdefault(telephone.name, {})
        missing = set(telephone.lacks(self._sounds))
        for name, sound in sorted(self._sounds.items(), key=lambda item: item[0] not in missing):
            if loaded.get(name) != sound.mark:
                try:
                    await telephone.load_prompt(name, await asyncio.to_thread(self._read, sound))
                except (tel.TelephoneError, OSError):
                    logger.exception("%s cannot be played at %s", name, telephone.name)
                else:
                    loaded[name] = sound.mark

    def forget(self, exchange: str) -> None:
        """Clear the record of sounds loaded into the exchange."""
        self._loaded.pop(exchange, None)

    def _read(self, sound: plans.Sound) -> bytes:
        return self._file_of(sound).read_bytes()

    def _file_of(self, sound: plans.Sound) -> Path:
        self._folder.mkdir(parents=True, exist_ok=True)
        kind = "spoken" if self._with_voice else "tone"
        file = self._folder / f"{sound.mark[:32]}-{kind}.wav"
        if not file.exists():
            # a standby switchboard may speak the same text at the same time
            with NamedTemporaryFile(dir=self._folder, suffix=".part", delete=False) as part:
                part.write(sound.recording or self._voice(sound))
            Path(part.name).replace(file)
        return file

    def _voice(self, sound: plans.Sound) -> bytes:
        if not self._with_voice:
            return speech.stand_in(sound.text)
        return speech.speak_or_stand_in(sound.text, sound.language)
