"""Faults of single hand-overs while a job works through many: none keeps the others waiting."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from indgang.handover.models import Handover

logger = logging.getLogger(__name__)


class Faults:
    """Wrap the whole work in this, and that on one hand-over in `of`. The last fault is raised at the end, so that the
    job fails."""

    def __init__(self) -> None:
        self._last: Exception | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if error is None and self._last is not None:
            raise self._last

    @contextmanager
    def of(self, handover: Handover) -> Iterator[None]:
        """Log a fault of this hand-over and go on. Its transaction belongs inside."""
        try:
            yield
        except Exception as error:
            logger.exception("hand-over %s was left out", handover.number)
            self._last = error
