"""Uploaded recordings are converted to the format of telephones, or refused with a reason."""

from __future__ import annotations

import contextlib
import io
import math
import wave

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indgang.telephony import sound, speech
from indgang.telephony.sound import BadRecording, read_wav, seconds_of


def wav(seconds: float = 0.5, *, rate: int = 44100, width: int = 2, channels: int = 2, level: float = 0.5) -> bytes:
    """A 400 Hz tone."""
    frames = bytearray()
    for i in range(round(seconds * rate)):
        value = level * math.sin(2 * math.pi * 400 * i / rate)
        sample = round(value * (2 ** (8 * width - 1) - 1))
        encoded = bytes([sample + 128]) if width == 1 else sample.to_bytes(width, "little", signed=True)
        frames += encoded * channels
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as out:
        out.setparams((channels, width, rate, 0, "NONE", ""))
        out.writeframes(bytes(frames))
    return buffer.getvalue()


def samples(content: bytes) -> memoryview:
    with wave.open(io.BytesIO(content)) as source:
        assert source.getparams()[:3] == (1, 2, sound.RATE)
        return memoryview(source.readframes(source.getnframes())).cast("h")


@pytest.mark.parametrize("rate", [8000, 11025, 16000, 22050, 44100, 48000, 4000])
@pytest.mark.parametrize("width", [1, 2, 3, 4])
def test_a_recording_keeps_its_length_and_loudness(rate: int, width: int) -> None:
    made = samples(read_wav(wav(0.25, rate=rate, width=width)))
    assert abs(len(made) / sound.RATE - 0.25) < 0.002
    loudness = math.sqrt(sum(value * value for value in made) / len(made))
    assert 0.8 < loudness / (0.5 * 32767 / math.sqrt(2)) < 1.05


def test_a_sound_in_our_form_comes_back_unchanged() -> None:
    tone = sound.tone(0.2)
    assert read_wav(tone) == tone


@given(st.binary(max_size=200))
def test_what_is_no_sound_is_refused(content: bytes) -> None:
    with pytest.raises(BadRecording):
        read_wav(content)


@given(st.integers(0, 60))
def test_a_sound_cut_short_is_read_or_refused_but_never_breaks(cut: int) -> None:
    whole = wav(0.01, rate=8000, channels=1)
    with contextlib.suppress(BadRecording):
        assert seconds_of(read_wav(whole[: len(whole) - cut])) <= 0.01


def test_an_empty_a_long_and_a_large_recording_are_refused() -> None:
    with pytest.raises(BadRecording, match="tom"):
        read_wav(wav(0))
    with pytest.raises(BadRecording, match="højst vare"):
        read_wav(wav(301, rate=4000, width=1, channels=1))
    with pytest.raises(BadRecording, match="højst fylde"):
        read_wav(b"RIFF" + bytes(sound.MAX_UPLOAD_BYTES))


def test_music_is_long_enough_to_wait_by_and_never_clips() -> None:
    music = samples(sound.hold_music())
    assert len(music) / sound.RATE >= 10
    assert max(abs(value) for value in music) < 16000


@pytest.mark.voice
def test_text_is_spoken() -> None:
    if not speech.has_voice():
        pytest.fail("no espeak-ng on this machine; run scripts/install-test-tools")
    short, long = speech.speak("Tast 1."), speech.speak("Tast 1 for erhverv, tast 2 for borgere, tast 3 for alt andet.")
    assert 0.4 < seconds_of(short) < seconds_of(long) < 15
    assert max(abs(value) for value in samples(short)) > 3000
    assert speech.speak("Press one.", "en") != speech.speak("Press one.", "da")


def test_without_a_voice_the_error_says_what_to_do_and_the_stand_in_has_the_length(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(speech.NoVoice, match="espeak-ng"):
        speech.speak("Velkommen")
    text = "Velkommen til kommunen. Du bliver stillet om til en medarbejder."
    assert 3 < seconds_of(speech.speak_or_stand_in(text)) < 6


@pytest.mark.parametrize(("text", "language"), [("", "da"), ("  ", "da"), ("x" * 5000, "da"), ("hej", "tlh")])
def test_text_that_cannot_be_a_prompt_is_refused(text: str, language: str) -> None:
    with pytest.raises(ValueError):
        speech.speak(text, language)


def test_every_digit_and_number_to_ninety_nine_has_a_prompt() -> None:
    names = dict(speech.counting_prompts("da"))
    assert len(names) == 110
    assert names["number-21"] == "21"
