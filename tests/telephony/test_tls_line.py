"""A line over TLS with encrypted sound, and the expiry of its certificates."""

from __future__ import annotations

import dataclasses
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from indgang.core import certificate_end, clock
from indgang.telephony.asterisk.installation import Installation
from indgang.telephony.asterisk.process import Exchange, free_ports, local_settings
from indgang.telephony.asterisk.trunks import Transport
from indgang.telephony.contract import Answered, Gone, Hangup, Ring
from tests.telephony.contract_suite import Stage
from tests.telephony.operator_exchange import PASSWORD, PLAN, Operator, pjsip_of, until
from tests.telephony.test_trunks import play

pytestmark = pytest.mark.exchange


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A certificate that ends in a day, and its key."""
    made, key = folder / f"{name}.pem", folder / f"{name}.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=127.0.0.1",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(made)],
        check=True, capture_output=True,
    )  # fmt: skip
    return made, key


def test_the_end_of_a_certificate_is_read(tmp_path: Path) -> None:
    made, _ = certificate(tmp_path, "one")
    told = subprocess.run(
        ["openssl", "x509", "-enddate", "-noout", "-in", str(made)], check=True, capture_output=True, text=True
    ).stdout
    ends = datetime.strptime(told.strip().removeprefix("notAfter="), "%b %d %H:%M:%S %Y %Z").replace(tzinfo=UTC)
    assert certificate_end.end_of_pem(made.read_text()) == ends
    for wrong in ("", "-----BEGIN CERTIFICATE-----\nMTIz\n-----END CERTIFICATE-----\n"):
        with pytest.raises(ValueError):
            certificate_end.end_of_pem(wrong)


def test_a_call_goes_over_tls_with_encrypted_sound(asterisk_programs: Installation, tmp_path: Path) -> None:
    """The operator refuses unencrypted sound, and we refuse unknown certificates."""
    theirs, their_key = certificate(tmp_path, "operator")
    ours, our_key = certificate(tmp_path, "ours")
    udp, secure, our_udp, our_secure = free_ports(4)
    pjsip = pjsip_of(udp, our_udp, PASSWORD, True).replace(
        "direct_media = no\n", "direct_media = no\nmedia_encryption = sdes\n"
    )
    pjsip += f"[tls]\ntype = transport\nprotocol = tls\nmethod = tlsv1_2\nbind = 127.0.0.1:{secure}\n"
    pjsip += f"cert_file = {theirs}\npriv_key_file = {their_key}\n"
    operators = local_settings(
        tmp_path / "operator", sip_port=udp, extra_dialplan=PLAN.replace("@SOUNDS@", "x"), fallback_wait_text="Vent.",
        extra_modules=("res_clioriginate", "app_exec"), extra_files=(("pjsip.conf", pjsip),),
    )  # fmt: skip
    with Exchange(operators, asterisk_programs) as running:
        operator = Operator(running, our_udp, registers=True)
        trunk = operator.trunk(host=f"127.0.0.1:{secure}", transport=Transport.TLS, srtp=True)
        settings = dataclasses.replace(
            local_settings(tmp_path / "ours", sip_port=our_udp, fallback_wait_text="Vent."), trunks=(trunk,),
            tls_port=our_secure, tls_certificate=str(ours), tls_key=str(our_key), tls_authorities=str(theirs),
        )  # fmt: skip
        with Exchange(settings, asterisk_programs) as exchange:
            until(operator.is_registered, "the sign-in over TLS")

            async def scene(stage: Stage) -> None:
                await stage.perform(Ring("s-1", "tel:+4533663001", "", "", 30, "c"))
                await stage.expect(Answered, leg="s-1")
                (state,) = await stage.rig.telephone.trunk_states()
                assert state.registered
                ends = state.certificate_ends
                assert ends is not None
                assert ends - clock.now() <= timedelta(days=1), "the state says that it ends tonight"
                await stage.perform(Hangup("s-1"))
                await stage.expect(Gone, leg="s-1")

            play(exchange, scene)
