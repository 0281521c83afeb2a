"""Sound files in the formats that users upload."""

from __future__ import annotations

import io
import wave


def sound(seconds: float = 0.5, rate: int = 16000) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(b"\1\2" * int(rate * seconds))
    return buffer.getvalue()
