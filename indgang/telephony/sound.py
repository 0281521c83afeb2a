"""Sound in the format of telephones: WAV files of 8 kHz, one channel, 16-bit.

audioop, which is written in C, reads, mixes and resamples: a restarted switchboard checks hundreds of prompts while
callers wait. A *sample* is an int between -32768 and 32767; a second has `RATE` samples.
"""

from __future__ import annotations

import io
import math
import warnings
import wave
from array import array
from collections.abc import Iterable, Sequence

with warnings.catch_warnings():
    # audioop is deprecated in Python 3.11 and 3.12; from 3.13 it is the package audioop-lts
    warnings.simplefilter("ignore", DeprecationWarning)
    import audioop

RATE = 8000
#: bytes per sample
WIDTH = 2
#: hertz; higher frequencies are damped before downsampling, because 8 kHz cannot represent them
HIGHEST = 3000.0

#: largest uploaded recording; a minute of CD-quality stereo is about 10.6 MB
MAX_UPLOAD_BYTES = 20 * 1024 * 1024
#: longest recording; nobody listens to a longer announcement
MAX_SECONDS = 300.0


class BadRecording(ValueError):
    """An uploaded recording cannot be used; the message says in Danish why and what to do."""


def write_wav(samples: Iterable[int]) -> bytes:
    """WAV bytes (8 kHz mono 16-bit) of the samples; values outside the range are clipped."""
    return _wav(array("h", (max(-32768, min(32767, sample)) for sample in samples)).tobytes())


def seconds_of(wav: bytes) -> float:
    """Length of a WAV file in seconds; raises `BadRecording` for other data."""
    with _opened(wav) as source:
        return source.getnframes() / source.getframerate()


def read_wav(wav: bytes) -> bytes:
    """An uploaded recording converted to the format of telephones (8 kHz mono 16-bit WAV).

    Takes PCM WAV with 8, 16, 24 or 32 bits, 1 to 8 channels and 4 to 192 kHz, of at most `MAX_UPLOAD_BYTES` and
    `MAX_SECONDS`. Raises `BadRecording` for anything else.
    """
    if len(wav) > MAX_UPLOAD_BYTES:
        raise BadRecording(
            f"Filen fylder {len(wav) / 2**20:.0f} MB; den må højst fylde {MAX_UPLOAD_BYTES / 2**20:.0f} MB"
        )
    with _opened(wav) as source:
        channels, width, rate, frames = source.getparams()[:4]
        _check(channels=channels, rate=rate, frames=frames)
        raw = source.readframes(frames)
    frame = width * channels
    samples = _mono(_decoded(raw[: len(raw) - len(raw) % frame], width), channels)
    if not samples:
        raise BadRecording("Optagelsen er tom; vælg en fil med lyd i")
    return _wav(_resampled(samples, rate))


def silence(seconds: float) -> bytes:
    """WAV bytes of silence."""
    return _wav(bytes(WIDTH * round(seconds * RATE)))


def tone(seconds: float, hertz: float = 425.0, volume: float = 0.2) -> bytes:
    """WAV bytes of a plain tone; 425 Hz is what European exchanges use. `volume` from 0 to 1."""
    step = 2 * math.pi * hertz / RATE
    return write_wav(round(volume * 32767 * math.sin(step * i)) for i in range(round(seconds * RATE)))


def hold_music(bars: int = 8) -> bytes:
    """WAV bytes of quiet chords for hold music, generated so that no licence is needed; two seconds a bar."""
    chords = ((220.0, 277.2, 329.6), (246.9, 293.7, 370.0), (196.0, 246.9, 293.7), (220.0, 293.7, 370.0))
    samples: list[int] = []
    for bar in range(bars):
        samples.extend(_chord(chords[bar % len(chords)], seconds=2.0))
    return write_wav(samples)


def _chord(notes: Sequence[float], *, seconds: float) -> Iterable[int]:
    total = round(seconds * RATE)
    for i in range(total):
        # the volume rises and falls, so that the bars join without a click
        swell = math.sin(math.pi * i / total)
        yield round(1400 * swell * sum(math.sin(2 * math.pi * note * i / RATE) for note in notes))


def _opened(wav: bytes) -> wave.Wave_read:
    try:
        return wave.Wave_read(io.BytesIO(wav))
    except (wave.Error, EOFError, ValueError) as error:
        raise BadRecording(
            "Filen er ikke en WAV-fil med ukomprimeret lyd (PCM); gem den som WAV og prøv igen"
        ) from error


def _check(*, channels: int, rate: int, frames: int) -> None:
    if not 1 <= channels <= 8 or not 4000 <= rate <= 192_000:
        raise BadRecording(f"Filen har {channels} kanaler og {rate} Hz; brug 1-8 kanaler og 4000-192000 Hz")
    if frames / rate > MAX_SECONDS:
        raise BadRecording(f"Optagelsen varer {frames / rate:.0f} sekunder; den må højst vare {MAX_SECONDS:.0f}")


def _decoded(raw: bytes, width: int) -> bytes:
    """16-bit samples from the raw frames of the wave module."""
    if width not in (1, 2, 3, 4):
        raise BadRecording(f"Filen har {8 * width} bit; brug 8, 16, 24 eller 32")
    if width == 1:  # 8-bit WAV is unsigned
        raw = audioop.bias(raw, 1, -128)
    return audioop.lin2lin(raw, width, WIDTH)


def _mono(samples: bytes, channels: int) -> bytes:
    """All channels mixed into one, in equal shares."""
    if channels == 1:
        return samples
    frames = memoryview(samples).cast("h")
    mixed = bytes(len(samples) // channels)
    for channel in range(channels):
        one = array("h", frames[channel::channels].tolist()).tobytes()
        mixed = audioop.add(mixed, audioop.mul(one, WIDTH, 1 / channels), WIDTH)
    return mixed


def _resampled(samples: bytes, rate: int) -> bytes:
    if rate == RATE:
        return samples
    kept = round(1000 * math.exp(-2 * math.pi * HIGHEST / rate)) if rate > RATE else 0
    made, _ = audioop.ratecv(samples, WIDTH, 1, rate, RATE, None, 1000 - kept, kept)
    return made or samples[:WIDTH]


def _wav(samples: bytes) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(WIDTH)
        out.setframerate(RATE)
        # the wave module itself swaps bytes on big-endian machines
        out.writeframes(samples)
    return buffer.getvalue()
