"""`indgang up` looks at the settings before it starts anything."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import CommandError, call_command


def test_the_secret_everybody_knows_is_refused_outside_the_demo(settings: Any) -> None:
    settings.SECRET_KEY = settings.OPEN_SECRET
    settings.DEMO = settings.DEBUG = False
    with pytest.raises(CommandError, match="INDGANG_SECRET_KEY"):
        call_command("up")
