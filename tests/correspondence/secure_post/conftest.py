from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from indgang.core import clock
from tests.world import MORNING


@pytest.fixture(autouse=True)
def time() -> Iterator[clock.FrozenTime]:
    with clock.frozen(MORNING + timedelta(minutes=10)) as frozen:
        yield frozen
