"""A second Asterisk as the telephone operator: customers register with it, and it has numbers of its own.

The product's own Asterisk has a trunk to it (`Operator.trunk`), so every call between the two crosses a real SIP line.
The last digits of a number decide its behaviour (`PLAN`).
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from indgang.telephony.asterisk.installation import Installation
from indgang.telephony.asterisk.process import Exchange, free_ports, local_settings
from indgang.telephony.asterisk.trunks import Trunk

#: seconds to wait for an expected event
PATIENCE = 40.0
CUSTOMER, PASSWORD = "kommune", "told by letter"
#: tones that a subscriber of the operator hears and sends, in hertz
TONE = 1000

#: the operator's numbers, by how they end: 01 answers and echoes, 02 is busy, 03 rings for ever, 04 is congested (503),
#: 05 has early media and then answers, 06 refuses (603), 07 is not in use (404), 08 is forbidden (403), 09 answers and
#: reads keys into the variable KEYS, 10 is an agent's mobile: presses 1, speaks a tone and records what it hears, 11 is
#: a voicemail. Who calls and with which number is in the variable CALLER.
PLAN = """
[operator]
exten => h,1,Set(GLOBAL(ENDED)=${GLOBAL(ENDED)}.)
exten => _[+0-9]!,1,Set(GLOBAL(CALLER)=${CALLERID(num)})
 same => n,Set(GLOBAL(DIALLED)=${EXTEN})
 same => n,Set(GLOBAL(CALLS)=${MATH(0${GLOBAL(CALLS)}+1,i)})
 same => n,Goto(subscriber,${EXTEN:-2},1)
[caller]
exten => s,1,GotoIf($["${GLOBAL(SENDS)}" = "none"]?talk)
 same => n,Wait(1)
 same => n,SendDTMF(${GLOBAL(SENDS)},250,200)
 same => n(talk),Echo()
[subscriber]
exten => h,1,NoOp()
exten => 01,1,Ringing()
 same => n,Wait(0.3)
 same => n,Answer()
 same => n,Echo()
exten => 02,1,Hangup(17)
exten => 03,1,Ringing()
 same => n,Wait(120)
exten => 04,1,Hangup(34)
exten => 05,1,Progress()
 same => n,Playback(@SOUNDS@/tone,noanswer)
 same => n,Answer()
 same => n,Echo()
exten => 06,1,Hangup(21)
exten => 07,1,Hangup(1)
exten => 09,1,Answer()
 same => n,Read(KEY,,1,,1,20)
 same => n,Set(GLOBAL(KEYS)=${GLOBAL(KEYS)}${KEY})
 same => n,Goto(09,2)
exten => 10,1,Ringing()
 same => n,Wait(0.3)
 same => n,Answer()
 same => n,Wait(1.5)
 same => n,SendDTMF(1,250,200)
 same => n(speak),Playback(@SOUNDS@/tone)
 same => n,Record(@SOUNDS@/heard.wav,0,2,qk)
 same => n,Goto(speak)
exten => 11,1,Ringing()
 same => n,Wait(0.3)
 same => n,Answer()
 same => n,Playback(@SOUNDS@/tone)
 same => n,Wait(120)
"""


class Operator:
    """The operator's Asterisk. With `registers` customers register; else it identifies them by their address. It
    listens for SIP over UDP, and with a `tcp_port` over TCP there."""

    def __init__(self, exchange: Exchange, customer_port: int, registers: bool, tcp_port: int = 0) -> None:
        self.exchange, self._customer_port, self._registers = exchange, customer_port, registers
        self._tcp_port = tcp_port

    @property
    def port(self) -> int:
        return self.exchange.settings.sip_port

    def trunk(self, name: str = "operator", **changes: Any) -> Trunk:
        """The customer's side of the line."""
        signs_in = {"username": CUSTOMER, "password": PASSWORD, "register": True} if self._registers else {}
        fields: dict[str, Any] = {
            "match": ("127.0.0.1",), "host": f"127.0.0.1:{self.port}", "caller_number": "+4533663366",
            "retry_after": 1, "options_every": 1, "expires": 60, **signs_in,
        }  # fmt: skip
        return Trunk(name, **(fields | changes))

    def set_password(self, password: str) -> None:
        """Change the customer's password at the operator."""
        self._write(pjsip_of(self.port, self._customer_port, password, self._registers, self._tcp_port))

    def is_registered(self) -> bool:
        return bool(self.contact())

    def contact(self) -> str:
        """The address under which the customer is registered; empty when they are not."""
        found = re.search(rf"{CUSTOMER}/(sip:\S+)", self.exchange.console("pjsip show contacts"))
        return found[1] if found else ""

    def variable(self, name: str) -> str:
        """The value of a global variable set by the plan."""
        found = re.search(rf"^ *{name}=(.*)$", self.exchange.console("dialplan show globals"), re.MULTILINE)
        return found[1].strip() if found else ""

    def call(self, dialled: str, *, caller: str = "+4522334455", keys: str = "") -> None:
        """Somebody calls the customer's number, presses `keys` when it is answered, and then says what they hear."""
        self.exchange.console(f"dialplan set global WHO {caller}")
        self.exchange.console(f"dialplan set global SENDS {keys or 'none'}")
        self.exchange.console(f"channel originate Local/{dialled}@incoming/n extension s@caller")

    def heard(self) -> bytes:
        """The sound that the agent's mobile (10) recorded last, WAV; empty before the first."""
        file = self.exchange.settings.sounds / "heard.wav"
        return file.read_bytes() if file.exists() else b""

    def channels(self) -> int:
        found = re.search(r"(\d+) active channel", self.exchange.console("core show channels count"))
        return int(found[1]) if found else 0

    def hang_up_all(self) -> None:
        self.exchange.console("channel request hangup all")

    def _write(self, pjsip: str) -> None:
        (self.exchange.settings.directory / "etc" / "pjsip.conf").write_text(pjsip)
        self.exchange.console("module reload res_pjsip.so")


@contextmanager
def running_operator(
    folder: Path,
    programs: Installation,
    customer_port: int,
    *,
    registers: bool = True,
    port: int = 0,
    tcp_port: int = 0,
) -> Iterator[Operator]:
    """An operator whose customer's telephone system is at `customer_port` of this machine."""
    port = port or free_ports(1)[0]
    settings = local_settings(
        folder,
        sip_port=port,
        fallback_wait_text="Vent.",
        fallback_message_text="Indtal.",
        extra_dialplan=PLAN.replace("@SOUNDS@", str(folder.resolve() / "data" / "sounds" / "indgang"))
        + "[incoming]\nexten => _[+0-9]!,1,Set(CALLERID(all)=<${GLOBAL(WHO)}>)\n"
        + 'same => n,ExecIf($["${GLOBAL(WHO)}" = "hidden"]?Set(CALLERID(all)=<+4522334455>))\n'
        + 'same => n,ExecIf($["${GLOBAL(WHO)}" = "hidden"]?Set(CALLERID(pres)=prohib))\n'
        + f"same => n,Dial(PJSIP/${{EXTEN}}@{CUSTOMER})\n",
        extra_modules=("res_clioriginate", "app_read", "app_exec", "res_pjsip_dtmf_info"),
        extra_files=(("pjsip.conf", pjsip_of(port, customer_port, PASSWORD, registers, tcp_port)),),
    )
    with Exchange(settings, programs) as exchange:
        from indgang.telephony import sound

        (settings.sounds / "tone.wav").write_bytes(sound.tone(1.0, hertz=TONE))
        yield Operator(exchange, customer_port, registers, tcp_port)


def pjsip_of(port: int, customer_port: int, password: str, registers: bool, tcp_port: int = 0) -> str:
    """The operator's `pjsip.conf`."""
    admitted = f"auth = {CUSTOMER}\n" if registers else ""
    tcp = f"[tcp]\ntype = transport\nprotocol = tcp\nbind = 127.0.0.1:{tcp_port}\n" if tcp_port else ""
    return f"""[global]
type = global
user_agent = Operator
endpoint_identifier_order = auth_username,username,ip
[udp]
type = transport
protocol = udp
bind = 127.0.0.1:{port}
{tcp}[{CUSTOMER}]
type = endpoint
context = operator
disallow = all
allow = alaw,g722
aors = {CUSTOMER}
direct_media = no
send_pai = yes
trust_id_inbound = yes
trust_id_outbound = yes
dtmf_mode = auto
{admitted}[{CUSTOMER}]
type = aor
{"max_contacts = 1" if registers else f"contact = sip:127.0.0.1:{customer_port}"}
remove_existing = yes
[{CUSTOMER}]
type = auth
auth_type = userpass
username = {CUSTOMER}
password = {password}
[{CUSTOMER}]
type = identify
endpoint = {CUSTOMER}
match = 127.0.0.1
"""


def until(holds: Any, what: str = "it") -> Any:
    """Wait until `holds()` returns a true value, and return that value."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if found := holds():
            return found
        time.sleep(0.1)
    raise AssertionError(f"{what} did not happen")
