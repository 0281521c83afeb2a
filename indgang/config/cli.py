"""The command `indgang`: makes sure that a database runs, then runs a Django management command.

The processes are commands too: `up` (all of one machine), `web`, `live`, `switchboard`, `worker`.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from indgang.config import environment, garbage
from indgang.core import compiled

#: commands that neither read nor write the database
_WITHOUT_DATABASE = {"help", "--help", "--version", "collectstatic", "makemessages", "makemigrations"}


#: commands whose processes write metrics into one folder of this machine
_COUNTING = {"up", "demo", "web", "live", "switchboard", "worker"}

#: processes that start others and load no models themselves, which takes a second on each start
_SERVERS = (["web"], ["live"])


def main(arguments: list[str] | None = None) -> None:
    garbage.rarely()
    compiled.want()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "indgang.config.settings")
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments[:1] == ["doctor"]:
        environment.collect_faults()
    if arguments and arguments[0] not in _WITHOUT_DATABASE:
        from indgang.config import embedded, settings

        if arguments[0] in _COUNTING:
            _share_metrics(settings.VAR / "metrics")
        embedded.start(settings.VAR / "postgres")
    if arguments in _SERVERS:
        _serve(*arguments)
        return
    from django.core.management import execute_from_command_line

    execute_from_command_line(["indgang", *arguments])


def _serve(process: str) -> None:
    """Run the command without Django's set-up of all packages."""
    from django.conf import settings
    from django.utils.log import configure_logging

    from indgang.config import serving
    from indgang.config.supervisor import AddressTaken

    configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)
    try:
        serving.serve(process)
    except AddressTaken as error:
        sys.exit(str(error))


def _share_metrics(folder: Path) -> None:
    """Set the folder of the metrics. Call it before the library is imported, because that is when it reads the
    variable."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        folder.mkdir(parents=True, exist_ok=True)
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


if __name__ == "__main__":
    main()
