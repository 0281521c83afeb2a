"""`indgang exchange` takes its Asterisk along, however it ends."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.exchange

#: the longest Asterisk may take to begin or to end on a busy machine
LONGEST = 60.0

RUN_ONE = """
import sys
from pathlib import Path
import django
django.setup()
from indgang.config.management.commands.exchange import local_exchange
from indgang.telephony.asterisk.process import local_settings
exchange = local_exchange(local_settings(Path(sys.argv[1])))
exchange.start()
print(exchange.pid, flush=True)
exchange.wait()
"""


def test_asterisk_ends_when_the_command_is_killed(tmp_path: Path) -> None:
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "indgang.config.settings"}
    command = [sys.executable, "-c", RUN_ONE, str(tmp_path / "exchange")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as runner:
        assert runner.stdout is not None
        asterisk = os.pidfd_open(int(runner.stdout.readline()))
        try:
            assert not select.select([asterisk], [], [], 0)[0], "Asterisk runs"
            runner.send_signal(signal.SIGKILL)
            assert select.select([asterisk], [], [], LONGEST)[0], "Asterisk has ended"
        finally:
            os.close(asterisk)
