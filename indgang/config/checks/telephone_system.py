"""The telephone system: whether its control interface answers and accepts our sign-in, and whether the modules that
calls need are loaded."""

from __future__ import annotations

import base64
import http.client
import json
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from indgang.config import exchange_file, telephone_nodes
from indgang.health.finding import Finding, error, ok, warning
from indgang.telephony.asterisk.configuration import ExchangeSettings
from indgang.telephony.asterisk.telephone_file import BadTelephoneFile

_SECONDS = 3.0
_OLDEST = 20
#: without any one of these, calls cannot arrive, be answered, be heard or be recorded
_MODULES = (
    "chan_pjsip.so", "res_pjsip.so", "res_ari_channels.so", "res_ari_bridges.so", "res_stasis.so", "app_stasis.so",
    "res_stasis_playback.so", "res_stasis_recording.so", "res_http_websocket.so", "codec_alaw.so", "bridge_simple.so",
)  # fmt: skip


def look() -> Iterator[Finding]:
    try:
        systems = list(_systems())
    except BadTelephoneFile as fault:
        text = _("Filen med telefonlinjer kan ikke bruges: %(reason)s") % {"reason": fault}
        yield error(text, _("Ret INDGANG_TELEPHONE_FILE; den læses igen af sig selv (docs/telephone.md)."))
        return
    if not systems:
        text = _("Ingen telefoncentral: opkald er simulerede.")
        advice = _("Sæt INDGANG_EXCHANGES=asterisk, når der skal ringes rigtigt (docs/telephone.md).")
        yield ok(text) if settings.DEMO else warning(text, advice)
    for each in systems:
        yield from findings(each)


def findings(system: ExchangeSettings) -> Iterator[Finding]:
    """The findings about one Asterisk."""
    where = f"{system.http_address}:{system.http_port}"
    try:
        status, info = _asked(system, "/ari/asterisk/info")
        if status != 200:
            yield _refused(where, status)
            return
        version = str(info.get("system", {}).get("version", "?"))
        yield from _of_version(where, version)
        yield from _of_modules(_asked(system, "/ari/asterisk/modules")[1])
    except (OSError, http.client.HTTPException, ValueError) as fault:
        reason = str(fault) or type(fault).__name__
        text = _("Telefoncentralen på %(where)s svarer ikke: %(reason)s") % {"where": where, "reason": reason}
        yield error(text, _("Kører Asterisk, og er adressen rigtig? docs/runbooks/telephone-system-down.md"))


def _systems() -> Iterator[ExchangeSettings]:
    if "asterisk" in settings.EXCHANGES:
        yield from telephone_nodes.read()
    if local := exchange_file.read(settings.EXCHANGE_FILE):
        yield local


def _refused(where: str, status: int) -> Finding:
    if status in (401, 403):
        text = _("Telefoncentralen på %(where)s afviser vores bruger.") % {"where": where}
        return error(text, _("Sæt INDGANG_ARI_USER og INDGANG_ARI_PASSWORD som i Asterisks ari.conf."))
    text = _("Det, der svarer på %(where)s, er ikke Asterisks ARI (status %(status)s).")
    return error(text % {"where": where, "status": status}, _("Ret INDGANG_ARI_ADDRESS og INDGANG_ARI_PORT."))


def _of_version(where: str, version: str) -> Iterator[Finding]:
    major = version.split(".")[0]
    if major.isdigit() and int(major) < _OLDEST:
        text = _("Asterisk %(version)s er ældre end dem, produktet er prøvet med.") % {"version": version}
        yield warning(text, _("Opgradér til Asterisk 20 LTS eller nyere."))
    yield ok(_("Asterisk %(version)s svarer på %(where)s.") % {"version": version, "where": where})


def _of_modules(listed: Any) -> Iterator[Finding]:
    running = {each["name"] for each in listed if each.get("status") == "Running"}
    if missing := [name for name in _MODULES if name not in running]:
        text = _("Asterisk mangler %(modules)s.") % {"modules": ", ".join(missing)}
        yield error(text, _("Installér pakken asterisk-modules, og indlæs dem i modules.conf."))


def _asked(system: ExchangeSettings, path: str) -> tuple[int, Any]:
    """The status and the decoded answer. Raises OSError, HTTPException or ValueError."""
    user = base64.b64encode(f"{system.ari_user}:{system.ari_password}".encode()).decode()
    asking = http.client.HTTPConnection(system.http_address, system.http_port, timeout=_SECONDS)
    try:
        asking.request("GET", path, headers={"Authorization": f"Basic {user}"})
        answer = asking.getresponse()
        content = answer.read()
        return answer.status, json.loads(content) if answer.status == 200 else None
    finally:
        asking.close()
