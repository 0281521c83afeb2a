"""All of Asterisk's configuration, generated from the product's settings.

`files(settings, installation)` is pure and returns a text for each file name. `write` puts the files, with hold music
and the prompts of the fallback plan, into the exchange's own directory:

    etc/                 the generated configuration; never edited by hand
    data/sounds/indgang/ prompts (WAV)
    data/music/          music on hold
    spool/recording/     recordings
    lib/ run/ log/       Asterisk's own state, sockets and log
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from indgang.telephony import sound, speech
from indgang.telephony.asterisk import trunks
from indgang.telephony.asterisk.installation import Installation
from indgang.telephony.asterisk.trunks import NAMELESS, Keys, Route, Transport, Trunk

#: first argument of Stasis(): how a channel came to us
ARRIVED, DIALLED, MONITORING, LEFT = "arrived", "dialled", "monitoring", "left"
#: the fallback plan, and the extension where callers continue who have heard its announcement
FALLBACK, FALLBACK_WAITS = "indgang-fallback", "waits"
#: prefix of recordings made by the fallback plan; the rest is `<unix time>-<caller>-<dialled>-<random>`
LEFT_PREFIX = "left-"


@dataclass(frozen=True, slots=True)
class DeskPhone:
    """A SIP telephone with a fixed sign-in, dialled as `agent:<name>` like a browser phone."""

    name: str
    password: str


@dataclass(frozen=True, slots=True)
class ExchangeSettings:
    """The product's settings of one exchange. Times are in seconds, paths are absolute."""

    #: all files of this exchange; two exchanges never share one
    directory: Path
    ari_password: str
    #: the node's name in events, on screens and in the telephone file
    name: str = "asterisk"
    ari_user: str = "indgang"
    #: name of the application in Asterisk; one active switchboard per name
    app: str = "indgang"
    #: address and port of ARI and of the browsers' websocket; leave it on 127.0.0.1 behind a reverse proxy
    http_address: str = "127.0.0.1"
    http_port: int = 8088
    #: the address to which browsers connect; empty is ws://<http_address>:<http_port>/ws
    websocket_url: str = ""
    sip_address: str = "127.0.0.1"
    sip_port: int = 5060
    #: SIP over TLS, for trunks that use it: our certificate and key (PEM), and the authorities that sign the
    #: operator's; empty is none
    tls_port: int = 5061
    tls_certificate: str = ""
    tls_key: str = ""
    tls_authorities: str = ""
    #: our address as the trunk sees it, when that differs (network address translation)
    public_address: str = ""
    rtp_first: int = 10000
    rtp_last: int = 20000
    trunks: tuple[Trunk, ...] = ()
    phones: tuple[DeskPhone, ...] = ()
    #: any SIP phone that reaches us may call in without signing in (demonstrations)
    open_to_all: bool = False
    #: where `tel:` goes: a dial string with `{number}`; empty is the trunks in their order. Without any there is a test
    #: number that repeats what it hears, in a demonstration (`open_to_all`), and else no way out.
    outside_route: str = ""
    codecs: tuple[str, ...] = ("alaw", "ulaw")
    #: read keys from SIP INFO, for a network that sends them in no other way. Asterisk does not report by which way a
    #: key came, so if a phone sends each key both by RFC 4733 and by INFO, it counts twice.
    keys_by_info: bool = False
    #: a leg without sound for this long has vanished and is hung up: while talking, and while the far end holds
    silent_seconds: int = 60
    silent_on_hold_seconds: int = 900
    #: session timer: the far end is checked at least twice in this time (RFC 4028); at least 90
    session_seconds: int = 600
    #: while the product is away: interval of the attempts to reach it, and time until a message is taken
    fallback_retry: int = 5
    fallback_message_after: int = 300
    fallback_message_max: int = 120
    fallback_language: str = "da"
    fallback_wait_text: str = "Vi har en teknisk forstyrrelse. Bliv i røret, så besvarer vi dit opkald snarest muligt."
    fallback_message_text: str = (
        "Vi kan desværre ikke tage dit opkald lige nu. Indtal navn, telefonnummer og hvad det drejer sig om efter "
        "tonen, så ringer vi dig op."
    )
    #: send silence when there is no sound to send (while recording): some networks end calls without sound
    transmit_silence: bool = True
    #: added unchanged to extensions.conf and modules.conf (test numbers, a benchmark's peer)
    extra_dialplan: str = ""
    extra_modules: tuple[str, ...] = ()
    extra_files: tuple[tuple[str, str], ...] = ()

    @property
    def configuration_file(self) -> Path:
        return self.directory / "etc" / "asterisk.conf"

    @property
    def sounds(self) -> Path:
        return self.directory / "data" / "sounds" / "indgang"

    @property
    def music(self) -> Path:
        return self.directory / "data" / "music"

    @property
    def recordings(self) -> Path:
        return self.directory / "spool" / "recording"

    @property
    def ari_url(self) -> str:
        return f"http://{self.http_address}:{self.http_port}/ari"

    @property
    def browser_websocket(self) -> str:
        return self.websocket_url or f"ws://{self.http_address}:{self.http_port}/ws"

    def outside(self, number: str, caller_number: str = "", centre_number: str = "") -> tuple[Route, ...]:
        """The ways to ring an outside number, the first to try first; empty when there is no trunk for it."""
        shown = caller_number or centre_number
        if self.outside_route:
            return (Route(self.outside_route.format(number=number), shown),)
        found = trunks.routes(self.trunks, number, caller_number, centre_number)
        if not found and self.open_to_all:
            return (Route(f"Local/{number}@indgang-outside/n", shown),)
        return found

    @property
    def uses_tls(self) -> bool:
        return any(trunk.transport is Transport.TLS for trunk in self.trunks)


_MODULES = """
res_sorcery_config res_sorcery_memory res_sorcery_astdb res_timing_timerfd res_http_websocket res_websocket_client
res_stasis res_stasis_answer res_stasis_playback res_stasis_recording res_stasis_snoop
res_ari_model res_ari res_ari_applications res_ari_asterisk res_ari_bridges res_ari_channels res_ari_endpoints
res_ari_events res_ari_playbacks res_ari_recordings res_ari_sounds
res_rtp_asterisk res_srtp res_pjproject res_pjsip res_pjsip_authenticator_digest res_pjsip_outbound_authenticator_digest
res_pjsip_outbound_registration res_pjsip_pubsub res_pjsip_session res_pjsip_caller_id
res_pjsip_endpoint_identifier_user res_pjsip_endpoint_identifier_ip res_pjsip_endpoint_identifier_anonymous
res_pjsip_header_funcs res_pjsip_nat res_pjsip_registrar res_pjsip_rfc3326 res_pjsip_sdp_rtp
res_pjsip_transport_websocket chan_pjsip chan_bridge_media
app_stasis app_dial app_playback app_record app_echo app_verbose app_senddtmf
pbx_config bridge_simple bridge_softmix bridge_native_rtp bridge_holding bridge_builtin_features
codec_ulaw codec_alaw codec_a_mu codec_resample codec_g722 codec_gsm codec_opus_open_source res_format_attr_opus
format_wav format_pcm format_gsm res_musiconhold
func_callerid func_channel func_logic func_math func_rand func_strings func_timeout func_global
func_talkdetect
"""

_NAME = re.compile(r"[A-Za-z0-9._-]{1,60}")


def files(settings: ExchangeSettings, installation: Installation) -> dict[str, str]:
    """Every configuration file, by name. Raises ValueError for a setting that Asterisk would misread."""
    _check(settings)
    made = {
        "asterisk.conf": _asterisk(settings, installation),
        "modules.conf": _modules(settings, installation),
        "logger.conf": "[general]\n[logfiles]\nconsole => error\nmessages => notice,warning,error\n",
        "http.conf": _http(settings),
        "ari.conf": _ari(settings),
        "sorcery.conf": _SORCERY,
        "stasis.conf": _STASIS,
        "pjsip.conf": _pjsip(settings),
        "rtp.conf": f"[general]\nrtpstart={settings.rtp_first}\nrtpend={settings.rtp_last}\n",
        "musiconhold.conf": f"[default]\nmode=files\ndirectory={settings.music}\n",
        "indications.conf": _TONES,
        "extensions.conf": dialplan(settings),
        # the product has its own log of calls, so Asterisk's is superfluous
        "cdr.conf": "[general]\nenable=no\n",
        "cel.conf": "[general]\nenable=no\n",
    }
    empty = ("acl ccss cli cli_aliases cli_permissions codecs dnsmgr enum features manager pjproject udptl "
             "websocket_client")  # fmt: skip
    made |= {f"{name}.conf": "" for name in empty.split()}
    return made | dict(settings.extra_files)


def write(settings: ExchangeSettings, installation: Installation) -> None:
    """Write configuration, music and fallback prompts into the exchange's directory; existing prompts stay."""
    for part in ("etc", "lib", "run", "log", "spool", "data"):
        (settings.directory / part).mkdir(parents=True, exist_ok=True)
    # Asterisk's database holds the sign-ins of browser phones
    (settings.directory / "lib").chmod(0o700)
    for folder in (settings.sounds, settings.music, settings.recordings):
        folder.mkdir(parents=True, exist_ok=True)
    for name, text in files(settings, installation).items():
        target = settings.directory / "etc" / name
        target.write_text(text, encoding="utf-8")
        target.chmod(0o600)  # passwords
    for shared in ("documentation", "rest-api"):
        _link(settings.directory / "data" / shared, installation.data / shared)
    _write_sounds(settings)


#: the modules that read the trunks; a reload does not affect calls
TRUNK_MODULES = ("res_pjsip", "res_pjsip_endpoint_identifier_ip", "res_pjsip_outbound_registration")


def write_trunks(settings: ExchangeSettings) -> bool:
    """Write `pjsip.conf` atomically for the trunks of these settings; False when it is up to date already.

    Raises OSError when the folder does not exist or is not writable, and ValueError as `files` does.
    """
    _check(settings)
    target, text = settings.directory / "etc" / "pjsip.conf", _pjsip(settings)
    if target.read_text(encoding="utf-8") == text:
        return False
    part = target.with_suffix(".part")
    part.touch(mode=0o600)
    part.write_text(text, encoding="utf-8")
    part.replace(target)
    return True


def _write_sounds(settings: ExchangeSettings) -> None:
    texts = {"fallback-wait": settings.fallback_wait_text, "fallback-message": settings.fallback_message_text}
    for name, text in texts.items():
        target = settings.sounds / f"{name}.wav"
        if not target.exists():
            target.write_bytes(speech.speak_or_stand_in(text, settings.fallback_language))
    # Asterisk plays this before it records; without the file there is no recording
    beep = settings.directory / "data" / "sounds" / "beep.wav"
    if not beep.exists():
        beep.write_bytes(sound.tone(0.3, hertz=1000))
    if not any(settings.music.iterdir()):
        (settings.music / "chords.wav").write_bytes(sound.hold_music())


def _link(link: Path, target: Path) -> None:
    if link.is_symlink():
        link.unlink()
    link.symlink_to(target)


def _check(settings: ExchangeSettings) -> None:
    names = [settings.app, settings.ari_user, *(t.name for t in settings.trunks), *(p.name for p in settings.phones)]
    for name in names:
        if not _NAME.fullmatch(name):
            raise ValueError(
                f"{name!r} cannot be a name in the exchange: use letters, digits, dot, dash and underscore"
            )
    for phone in settings.phones:
        # else Asterisk would challenge a call on a trunk whose number equals a phone's name
        if not re.search("[A-Za-z]", phone.name):
            raise ValueError(f"{phone.name!r} cannot be the name of a phone: it needs a letter")
    for text in _single_lines(settings):
        if any(sign in text for sign in "\n\r;"):
            raise ValueError(f"{text!r} cannot stand in the exchange's configuration: no line breaks or semicolons")
    if not settings.directory.is_absolute():
        raise ValueError(f"the exchange's directory must be an absolute path, not {settings.directory}")
    if not settings.ari_password:
        raise ValueError("the exchange's ARI password is empty")


def _single_lines(settings: ExchangeSettings) -> Iterable[str]:
    yield from (settings.ari_password, settings.http_address, settings.sip_address, settings.public_address)
    yield from (settings.tls_certificate, settings.tls_key, settings.tls_authorities)
    for trunk in settings.trunks:
        yield from trunk.single_lines()
    for phone in settings.phones:
        yield phone.password


def _asterisk(settings: ExchangeSettings, installation: Installation) -> str:
    home = settings.directory
    return f"""[directories]
astetcdir => {home}/etc
astmoddir => {installation.modules}
astvarlibdir => {home}/lib
astdbdir => {home}/lib
astkeydir => {home}/lib
astdatadir => {home}/data
astagidir => {home}/data
astspooldir => {home}/spool
astrundir => {home}/run
astlogdir => {home}/log
[options]
nocolor = yes
transmit_silence = {"yes" if settings.transmit_silence else "no"}
"""


def _modules(settings: ExchangeSettings, installation: Installation) -> str:
    """Load only the modules that we use: Asterisk starts in half a second, and the attack surface is small."""
    by_info = settings.keys_by_info or any(trunk.keys is Keys.INFO for trunk in settings.trunks)
    info = ["res_pjsip_dtmf_info"] if by_info else []
    wanted = [*_MODULES.split(), *info, *settings.extra_modules]
    present = [name for name in wanted if (installation.modules / f"{name}.so").exists()]
    return "[modules]\nautoload = no\n" + "".join(f"load = {name}.so\n" for name in present)


def _http(settings: ExchangeSettings) -> str:
    # every browser phone is one session
    return f"""[general]
enabled = yes
bindaddr = {settings.http_address}
bindport = {settings.http_port}
sessionlimit = 5000
session_inactivity = 30000
session_keep_alive = 60000
"""


def _ari(settings: ExchangeSettings) -> str:
    return f"""[general]
enabled = yes
pretty = no
websocket_write_timeout = 1000
[{settings.ari_user}]
type = user
read_only = no
password = {settings.ari_password}
password_format = plain
"""


# Sign-ins of browser phones are pushed through ARI into Asterisk's own database: no file of ours and no reload. They
# are still there when Asterisk starts again, so that a browser is let in before the product has connected.
_SORCERY = """[res_pjsip]
endpoint = config,pjsip.conf,criteria=type=endpoint
endpoint = astdb,indgang-endpoint
auth = config,pjsip.conf,criteria=type=auth
auth = astdb,indgang-auth
aor = config,pjsip.conf,criteria=type=aor
aor = astdb,indgang-aor
contact = memory
"""

# What nobody reads of what happens in Asterisk. Our application would get each as JSON, two dozen variables in a call,
# and its filter would drop it only then.
_STASIS = """[declined_message_types]
decline = ast_channel_varset_type
decline = ast_channel_dial_type
"""

_TONES = """[general]
country = dk
[dk]
description = Denmark
ringcadence = 1000,4000
dial = 425
busy = 425/500,0/500
ring = 425/1000,0/4000
congestion = 425/200,0/200
callwaiting = !425/200,!0/600,!425/200,!0/3000
record = 1400/80,0/15000
info = 950/330,1400/330,1800/330,0/1000
"""


def _pjsip(settings: ExchangeSettings) -> str:
    parts = [_pjsip_base(settings)]
    parts += [trunks.pjsip(trunk, partial(_endpoint, settings)) for trunk in settings.trunks]
    parts += [_desk_phone(settings, phone) for phone in settings.phones]
    if settings.open_to_all:
        parts.append(_endpoint(settings, "anonymous", "context = indgang-inbound", NAMELESS))
    return "\n".join(parts)


def _pjsip_base(settings: ExchangeSettings) -> str:
    public = settings.public_address
    outside = f"external_media_address = {public}\nexternal_signaling_address = {public}\n" if public else ""
    # username first: a trunk identified by its address must not match the registration of a browser on the same
    # machine. A name in a header grants nothing: it identifies only phones (`identify_by`), which must authenticate.
    # The websocket's `bind` opens nothing (http.conf does), but the sound of browsers is sent from that address: on
    # 127.0.0.1 only a browser on this machine would hear anything.
    # The timers say how long a request goes without any answer, even 100 Trying, before the next trunk is tried: 6.4 s
    # instead of 32. Asterisk takes nothing shorter, since timer B must be 64 times T1 and T1 at least 100 ms. A network
    # slower than T1 costs a few repeated packets. Asterisk reads the section at its start alone.
    return f"""[system]
type = system
timer_t1 = 100
timer_b = 6400
[global]
type = global
user_agent = Indgang
endpoint_identifier_order = username,ip,auth_username,anonymous
[indgang-udp]
type = transport
protocol = udp
bind = {settings.sip_address}:{settings.sip_port}
{outside}[indgang-tcp]
type = transport
protocol = tcp
bind = {settings.sip_address}:{settings.sip_port}
{outside}{_tls(settings, outside)}[indgang-ws]
type = transport
protocol = ws
bind = 0.0.0.0
""" + _endpoint(settings, "indgang-sip", "context = indgang-nowhere", NAMELESS)


def _tls(settings: ExchangeSettings, outside: str) -> str:
    """The transport of trunks over TLS. The operator's certificate is checked when its signers are known."""
    if not settings.uses_tls:
        return ""
    signers = f"ca_list_file = {settings.tls_authorities}\nverify_server = yes\n" if settings.tls_authorities else ""
    own = f"cert_file = {settings.tls_certificate}\n" if settings.tls_certificate else ""
    key = f"priv_key_file = {settings.tls_key}\n" if settings.tls_key else ""
    return f"""[indgang-tls]
type = transport
protocol = tls
method = tlsv1_2
bind = {settings.sip_address}:{settings.tls_port}
{own}{key}{signers}{outside}"""


def _endpoint(settings: ExchangeSettings, name: str, *lines: str) -> str:
    return "\n".join(
        (
            f"[{name}]",
            "type = endpoint",
            "disallow = all",
            f"allow = {','.join(settings.codecs)}",
            "direct_media = no",
            # a name that changes when an agent answers is no reason to renegotiate the sound
            "send_connected_line = no",
            "allow_transfer = no",
            "rtp_symmetric = yes",
            "force_rport = yes",
            "rewrite_contact = yes",
            # by RFC 4733, or in-band if the far end does not offer it
            "dtmf_mode = auto",
            f"rtp_timeout = {settings.silent_seconds}",
            f"rtp_timeout_hold = {settings.silent_on_hold_seconds}",
            "timers = always",
            f"timers_sess_expires = {settings.session_seconds}",
            *lines,
            "",
        )
    )


def _desk_phone(settings: ExchangeSettings, phone: DeskPhone) -> str:
    lines = ("context = indgang-inbound", f"auth = {phone.name}", f"aors = {phone.name}", "identify_by = username")
    aor = f"[{phone.name}]\ntype = aor\nmax_contacts = 1\nremove_existing = yes\nqualify_frequency = 30\n"
    return _endpoint(settings, phone.name, *lines) + aor + trunks.auth(phone.name, phone.name, phone.password)


def dialplan(settings: ExchangeSettings) -> str:
    """The dial plan of `extensions.conf`: every call goes to the product, and no call is lost while it is away.

    `Stasis()` returns at once with FAILED when the product is not connected. Then Asterisk answers, plays an
    announcement and music, and tries the product again every few seconds; after a while it takes a message.
    """
    plan = _DIALPLAN
    for word, value in (
        ("APP", settings.app),
        ("SOUNDS", settings.sounds),
        ("RECORDINGS", settings.recordings),
        ("PREFIX", LEFT_PREFIX),
        ("SOON", max(1, settings.fallback_retry - 1)),
        ("LATE", settings.fallback_retry + 1),
        ("PATIENCE", settings.fallback_message_after),
        ("LONGEST", settings.fallback_message_max),
    ):
        plan = plan.replace(f"@{word}@", str(value))
    return plan + settings.extra_dialplan


_DIALPLAN = """[general]
static = yes
writeprotect = yes

[indgang-inbound]
; what Asterisk runs when a caller is gone: it ends here, or the pattern below would take it for a number
exten => h,1,Hangup()
exten => _[+*#0-9a-zA-Z]!,1,Set(INDGANG_DIALLED=${FILTER(+*#0-9a-zA-Z._,${EXTEN})})
; the network tells us the number of those who withhold it (Privacy: id); the product must not know it
 same => n,GotoIf($["${CALLERID(num-pres):0:6}" != "prohib"]?known)
 same => n,Set(CALLERID(all)="" <anonymous>)
 same => n(known),Stasis(@APP@,arrived,${INDGANG_DIALLED})
 same => n,GotoIf($["${STASISSTATUS}" = "FAILED"]?indgang-fallback,s,1)
 same => n,Hangup()

[indgang-fallback]
exten => s,1,Answer()
 same => n,Set(INDGANG_SINCE=${EPOCH})
 same => n,Playback(@SOUNDS@/fallback-wait)
 same => n(again),Stasis(@APP@,arrived,${INDGANG_DIALLED})
 same => n,GotoIf($["${STASISSTATUS}" != "FAILED"]?over)
 same => n(waits),GotoIf($[${EPOCH} - ${INDGANG_SINCE} >= @PATIENCE@]?message)
 same => n,MusicOnHold(default,${RAND(@SOON@,@LATE@)})
 same => n,Goto(again)
 same => n(message),Playback(@SOUNDS@/fallback-message)
 same => n,Set(INDGANG_CALLER=${FILTER(+0-9,${CALLERID(num)})})
 same => n,Set(INDGANG_NUMBER=${FILTER(+0-9a-zA-Z,${INDGANG_DIALLED})})
 same => n,Set(INDGANG_MESSAGE=@PREFIX@${EPOCH}-${INDGANG_CALLER}-${INDGANG_NUMBER}-${RAND(1,999999999)})
 same => n,Record(@RECORDINGS@/${INDGANG_MESSAGE}.wav,5,@LONGEST@,k)
 same => n,Stasis(@APP@,left,${INDGANG_MESSAGE})
 same => n(over),Hangup()

; numbers outside, while there is no trunk: rings, answers and repeats what it hears
[indgang-outside]
exten => _[+0-9]!,1,Ringing()
 same => n,Wait(2)
 same => n,Answer()
 same => n,Echo()

[indgang-nowhere]
exten => _X!,1,Hangup()

"""
