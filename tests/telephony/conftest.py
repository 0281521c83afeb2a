"""A real Asterisk for the session, on free ports, in a folder of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from indgang.telephony.asterisk import installation
from indgang.telephony.asterisk.installation import Installation, NotInstalled
from indgang.telephony.asterisk.process import Exchange, local_settings
from indgang.telephony.asterisk.trunks import Trunk
from tests.telephony.exchange_rig import PEOPLE_PLAN


@pytest.fixture(scope="session")
def asterisk_programs() -> Installation:
    """The Asterisk on this machine. Without one the tests fail and are not skipped."""
    try:
        return installation.find()
    except NotInstalled as error:
        pytest.fail(f"{error} (as root), and before that scripts/install-test-tools", pytrace=False)


@pytest.fixture(scope="session")
def exchange(asterisk_programs: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exchange]:
    """One running exchange; tests share it, each with its own legs."""
    settings = local_settings(
        tmp_path_factory.mktemp("exchange"),
        trunks=(Trunk("network", match=("127.0.0.1",)),),
        keys_by_info=True,  # SIPp's callers send keys this way
        outside_route="Local/{number}@indgang-people/n",
        extra_dialplan=PEOPLE_PLAN,
        # these tests record people while they listen; silence in the other direction would make Asterisk's test
        # channels drop the music
        transmit_silence=False,
        fallback_retry=1,
        fallback_message_after=2,
        fallback_wait_text="Vent.",
        fallback_message_text="Indtal.",
    )
    with Exchange(settings, asterisk_programs) as running:
        yield running
