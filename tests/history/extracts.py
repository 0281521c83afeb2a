"""Extracts of another system, as texts and files."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

HEADER = "Opkalds-id;Starttid;Kø;Ventetid;Taletid;Efterbehandling;Resultat;Telefonnummer"

ROWS = (
    "a1;03-03-2025 08:15:00;Byggeri;00:00:20;3:20;30;Besvaret;20304050",
    "a2;03-03-2025 08:16:00;tmf-byggeri;4;0;0;Opgivet;20304050",
    "a3;03-03-2025 09:59:00;Byggeri;120;60;15;Besvaret;20304050",
    "a4;04-03-2025 10:00:00;tmf-byliv;10;100;0;Besvaret;20304050",
    "a5;04-03-2025 23:59:30;tmf-byliv;60;30;0;Besvaret;20304050",
)


def text(rows: Iterable[str] = ROWS, header: str = HEADER) -> str:
    return "\r\n".join([header, *rows]) + "\r\n"


def file(rows: Iterable[str] = ROWS, header: str = HEADER, encoding: str = "utf-8") -> io.BytesIO:
    return io.BytesIO(text(rows, header).encode(encoding))


def numbered(rows: int, days: Sequence[str], queue: str = "tmf-byggeri") -> list[str]:
    """So many calls in turn on these days, each with an id of its own."""
    return [
        f"n{number};{days[number % len(days)]} {8 + number % 8:02}:{number % 60:02}:00;{queue};{number % 200};60;10;"
        f"Besvaret;"
        for number in range(rows)
    ]
