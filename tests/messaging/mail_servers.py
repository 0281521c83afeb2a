"""A real Dovecot (IMAP, LMTP) and a real Exim (SMTP) from Debian's packages, in a temporary folder and on free ports.

Exim hands mails to `@kommune.example` to Dovecot, and writes all others to the folder of what has left. Addresses that
are refused or make trouble are named after it (`TROUBLE`). As root, the servers run as `nobody`; otherwise as the user
of the tests. Nothing outside the folder is read or written.
"""

from __future__ import annotations

import contextlib
import grp
import os
import pwd
import shutil
import signal
import smtplib
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

from indgang.messaging.mailbox.contract import MailAccount, MailServer, OAuth, Password, Security
from tests.messaging.certificates import Authority
from tests.messaging.token_server import TokenServer

PATIENCE = 30.0
#: the users and their passwords; the last one's mailbox holds 200 kB
USERS = {
    "kontakt@kommune.example": "kodeord med æøå",
    "byg@kommune.example": "hemmelig-1",
    "fuld@kommune.example": "hemmelig-2",
}
_LIMITS = {"fuld@kommune.example": "userdb_quota_rule=*:storage=200k"}
#: local parts at any domain, and what Exim says to them. `greylisted` is taken once `MailServers.pass_greylisting`
#: was called.
TROUBLE = {
    "gone": "deny message = 550 5.1.1 No such user here",
    "full": "deny message = 552 5.2.2 OpenMailbox full",
    "busy": "defer message = 450 4.2.1 Try again later",
    "closing": "defer message = 421 4.3.2 Service not available, closing transmission channel",
}
_PROGRAMS = ("dovecot", "doveadm", "exim4")


def programs() -> dict[str, str]:
    path = f"{os.environ['PATH']}:/usr/sbin:/sbin"
    found = {name: shutil.which(name, path=path) for name in _PROGRAMS}
    missing = [name for name, where in found.items() if where is None]
    assert not missing, f"{', '.join(missing)} is missing: run scripts/install-test-tools"
    return {name: str(where) for name, where in found.items()}


def free_ports(count: int) -> list[int]:
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


@dataclass
class MailServers:
    """Both servers. `tokens` signs applications in; Dovecot asks it about each token, and Exim knows those it gave."""

    folder: Path
    tokens: TokenServer
    message_size_limit: str = "20M"
    imap: int = field(init=False)
    imaps: int = field(init=False)
    lmtp: int = field(init=False)
    smtp: int = field(init=False)
    smtps: int = field(init=False)
    authority: Authority = field(init=False)
    _running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.imap, self.imaps, self.lmtp, self.smtp, self.smtps = free_ports(5)
        self.authority = Authority(self.folder)
        self._programs = programs()
        owner = "nobody" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name
        self._user = pwd.getpwnam(owner)
        self.certify()
        for name in ("mail", "run", "state", "spool", "left"):
            (self.folder / name).mkdir()
        (self.folder / "tokens").touch()
        self._write("users", "".join(self._line_of(name, password) for name, password in USERS.items()))
        self._write("oauth2.conf", _OAUTH.format(introspection=f"{self.tokens.address}/introspect"))
        self._write("dovecot.conf", _DOVECOT.format(**self._facts()))
        self._write("exim.conf", _EXIM.format(**self._facts()))
        self._own()

    # --- starting and stopping

    def start(self) -> None:
        self.start_dovecot()
        self.start_exim()

    def stop(self) -> None:
        for name in list(self._running):
            self._end(name)

    def start_dovecot(self) -> None:
        self._begin("dovecot", ["-F", "-c", str(self.folder / "dovecot.conf")], self.imap, self.imaps, self.lmtp)

    def start_exim(self) -> None:
        self._begin("exim4", ["-C", str(self.folder / "exim.conf"), "-bdf", "-q10s"], self.smtp, self.smtps)

    def stop_dovecot(self) -> None:
        self._end("dovecot")

    def stop_exim(self) -> None:
        self._end("exim4")

    def kick(self, user: str) -> None:
        """Have Dovecot end the user's connections, with a BYE."""
        self._doveadm("kick", user)

    def certify(self, ends: timedelta = timedelta(days=2)) -> None:
        """A new certificate, which the servers use when they are started again."""
        self.authority.issue(self.folder / "server.pem", self.folder / "server.key", ends=ends)
        if hasattr(self, "_user"):
            self._own()

    # --- what is in them

    def account(self, user: str = "kontakt@kommune.example", **changes: object) -> MailAccount:
        security = changes.pop("security", Security.NONE)
        assert isinstance(security, Security)
        ports = (self.imaps, self.smtps) if security is Security.TLS else (self.imap, self.smtp)
        imap, smtp = (MailServer("127.0.0.1", port, security) for port in ports)
        login: Password | OAuth = Password(USERS.get(user, ""))
        given = {"imap": imap, "smtp": smtp, "user": user, "login": login, "archive": "", "sent": "Sent"} | changes
        return MailAccount(**given)  # type: ignore[arg-type]  # the tests say what they change

    def deliver(self, raw: bytes, to: str = "kontakt@kommune.example", sender: str = "ida@firma.example") -> None:
        """A mail from outside, over SMTP, as any other server would bring it."""
        with smtplib.SMTP("127.0.0.1", self.smtp, local_hostname="firma.example") as server:
            server.sendmail(sender, [to], raw, [] if raw.isascii() else ["BODY=8BITMIME"])

    def wait_for(self, count: int, user: str = "kontakt@kommune.example") -> None:
        """Wait until so many mails lie in the user's folders."""
        deadline = time.monotonic() + PATIENCE
        while (found := sum(1 for _ in self.mail_folder(user).glob("**/*.*,S=*"))) < count:
            assert time.monotonic() < deadline, f"{found} of {count} mails are there:\n{self.log()}"
            time.sleep(0.02)

    def put(self, raws: list[bytes], user: str = "kontakt@kommune.example", folder: str = "") -> None:
        """Mails straight into the mailbox; thousands in a moment. Dovecot numbers them by their names."""
        place = self.mail_folder(user) / (f".{folder}" if folder else "") / "new"
        self._make_mail_folder(place.parent)
        self._put_number = getattr(self, "_put_number", 0)
        for raw in raws:
            self._put_number += 1
            file = place / f"{time.time_ns() // 10**9}.{self._put_number:06}.tests"
            file.write_bytes(raw)
            self._own_one(file)

    def mail_folder(self, user: str) -> Path:
        return self.folder / "mail" / user

    def renumber(self, user: str = "kontakt@kommune.example") -> None:
        """Lose Dovecot's numbering of the incoming folder, as when a mailbox is restored from a backup."""
        for name in ("dovecot-uidlist", "dovecot.index", "dovecot.index.log", "dovecot.index.cache"):
            (self.mail_folder(user) / name).unlink(missing_ok=True)

    def empty(self) -> None:
        """Remove all mails, and forget what has left."""
        self.pass_greylisting(False)
        self.left()  # what an earlier test has sent may still be on its way
        for place in [*(self.folder / "mail").iterdir(), *(self.folder / "left").iterdir()]:
            shutil.rmtree(place, ignore_errors=True)  # an open connection of Dovecot may be writing there

    def left(self, *, at_least: int = 0) -> list[bytes]:
        """The mails that have gone out to addresses elsewhere, when all have gone.

        `at_least`: how many to wait for, where the sender has not heard that the server has accepted them.
        """
        deadline = time.monotonic() + PATIENCE
        while (self._is_at_work() or len(self._gone_out()) < at_least) and time.monotonic() < deadline:
            time.sleep(0.02)
        return [file.read_bytes() for file in self._gone_out()]

    def _is_at_work(self) -> bool:
        return any((self.folder / "spool" / "input").glob("**/*-H"))

    def _gone_out(self) -> list[Path]:
        return sorted((self.folder / "left").glob("new/*"))

    def pass_greylisting(self, passes: bool = True) -> None:
        file = self.folder / "greylisting_passed"
        if passes:
            file.touch()
            self._own_one(file)
        else:
            file.unlink(missing_ok=True)

    def allow_token(self, token: str) -> None:
        """Have Exim accept the token."""
        with (self.folder / "tokens").open("a") as file:
            file.write(f"{token}: {self.tokens.mailbox}\n")

    def forbid_tokens(self) -> None:
        """Have Exim accept none of those that were given."""
        (self.folder / "tokens").write_text("")

    def log(self) -> str:
        files = [*self.folder.glob("*.log")]
        return "\n".join(f"--- {file.name}\n{file.read_text(errors='replace')}" for file in files)

    # --- inside

    def _facts(self) -> dict[str, object]:
        acl = "\n".join(f"  {_with_local_part(rule, name)}" for name, rule in TROUBLE.items())
        (user, password), *_others = USERS.items()
        return {
            "folder": self.folder, "user": self._user.pw_name, "group": grp.getgrgid(self._user.pw_gid).gr_name,
            "uid": self._user.pw_uid, "gid": self._user.pw_gid, "imap": self.imap, "imaps": self.imaps,
            "lmtp": self.lmtp, "smtp": self.smtp, "smtps": self.smtps, "trouble": acl, "limit": self.message_size_limit,
            "smtp_user": user, "smtp_password": password, "exim": self._programs["exim4"],
        }  # fmt: skip

    def _line_of(self, user: str, password: str) -> str:
        return f"{user}:{{PLAIN}}{password}::::::{_LIMITS.get(user, '')}\n"

    def _write(self, name: str, text: str) -> None:
        file = self.folder / name
        file.write_text(text)
        file.chmod(0o644)

    def _own(self) -> None:
        """Give the folder to the user of the servers. Exim trusts a configuration of root alone."""
        for place in [self.folder, *self.folder.rglob("*")]:
            if place.name != "exim.conf":
                self._own_one(place)

    def _own_one(self, place: Path) -> None:
        if os.getuid() == 0:
            os.chown(place, self._user.pw_uid, self._user.pw_gid)

    def _make_mail_folder(self, place: Path) -> None:
        for each in (place, place / "new", place / "cur", place / "tmp"):
            if not each.exists():
                each.mkdir(parents=True)
                self._own_one(each)

    def _doveadm(self, *arguments: str) -> None:
        command = [self._programs["doveadm"], "-c", str(self.folder / "dovecot.conf"), *arguments]
        subprocess.run(command, check=True, capture_output=True)

    def _begin(self, name: str, arguments: list[str], *ports: int) -> None:
        with (self.folder / f"{name}-output.log").open("ab") as output:
            process = subprocess.Popen(
                [self._programs[name], *arguments], stdout=output, stderr=output, start_new_session=True
            )
        self._running[name] = process
        deadline = time.monotonic() + PATIENCE
        while not all(_listens(port) for port in ports):
            assert process.poll() is None, f"{name} has ended:\n{self.log()}"
            assert time.monotonic() < deadline, f"{name} does not listen:\n{self.log()}"
            time.sleep(0.05)

    def _end(self, name: str) -> None:
        process = self._running.pop(name, None)
        if process is None:
            return
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE)


@contextmanager
def running() -> Iterator[MailServers]:
    folder = Path(tempfile.mkdtemp(prefix="indgang-mail-"))
    folder.chmod(0o755)
    tokens = TokenServer("byg@kommune.example")
    servers = MailServers(folder, tokens)
    tokens.issued = servers.allow_token
    try:
        servers.start()
        yield servers
    finally:
        servers.stop()
        tokens.close()
        shutil.rmtree(folder, ignore_errors=True)


def mail(subject: str = "Spørgsmål", *, message_id: str = "", size: int = 0) -> bytes:
    """A small mail from a citizen; with so many bytes of text when a size is given."""
    message = EmailMessage()
    message["From"], message["To"] = "Ida <ida@firma.example>", "kontakt@kommune.example"
    message["Subject"] = subject
    message["Message-ID"] = message_id or f"<{time.time_ns()}@firma.example>"
    message.set_content("Hvornår har I åbent?\n")
    written = message.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    return written + (b"x" * 70 + b"\r\n") * (size // 72)


def _with_local_part(rule: str, name: str) -> str:
    verb, _, rest = rule.partition(" ")
    return f"{verb} local_parts = {name}\n    {rest}"


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


_OAUTH = """
introspection_mode = post
introspection_url = {introspection}
username_attribute = username
active_attribute = active
active_value = true
"""

_DOVECOT = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
ssl = yes
ssl_cert = <{folder}/server.pem
ssl_key = <{folder}/server.key
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2
auth_failure_delay = 0 secs
mail_location = maildir:{folder}/mail/%u
mail_uid = {uid}
mail_gid = {gid}
mail_plugins = quota
mail_max_userip_connections = 100
passdb {{
  driver = passwd-file
  mechanisms = plain login
  args = username_format=%u {folder}/users
}}
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {folder}/oauth2.conf
}}
userdb {{
  driver = passwd-file
  args = username_format=%u {folder}/users
  override_fields = home={folder}/mail/%u uid={uid} gid={gid}
}}
namespace inbox {{
  inbox = yes
  mailbox Sent {{
    auto = create
    special_use = \\Sent
  }}
}}
plugin {{
  quota = maildir:User quota
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service lmtp {{
  chroot =
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
service anvil {{
  chroot =
  # no waiting after tests with wrong passwords
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
"""

_EXIM = """
exim_user = {user}
exim_group = {group}
never_users =
spool_directory = {folder}/spool
log_file_path = {folder}/exim-%s.log
pid_file_path = {folder}/exim.pid
keep_environment =
primary_hostname = mail.kommune.example
local_interfaces = 127.0.0.1
daemon_smtp_ports = {smtp} : {smtps}
tls_on_connect_ports = {smtps}
tls_advertise_hosts = *
tls_certificate = {folder}/server.pem
tls_privatekey = {folder}/server.key
host_lookup =
rfc1413_hosts =
accept_8bitmime = true
smtputf8_advertise_hosts = *
message_size_limit = {limit}
smtp_accept_max = 100
deliver_drop_privilege = true
domainlist own = kommune.example
acl_smtp_rcpt = acl_rcpt
acl_smtp_data = acl_data

begin acl
acl_rcpt:
{trouble}
  defer local_parts = greylisted
    condition = ${{if !exists{{{folder}/greylisting_passed}}}}
    message = 451 4.7.1 Greylisted, try again in five minutes
  accept
acl_data:
  defer condition = ${{if eq{{$h_Subject:}}{{451 ved indholdet}}}}
    message = 451 4.3.0 Cannot look for viruses now
  deny condition = ${{if eq{{$h_Subject:}}{{554 ved indholdet}}}}
    message = 554 5.7.1 The content is not accepted
  accept

begin routers
own:
  driver = accept
  domains = +own
  transport = dovecot
elsewhere:
  driver = accept
  transport = left

begin transports
dovecot:
  driver = smtp
  protocol = lmtp
  hosts = 127.0.0.1
  port = {lmtp}
  allow_localhost
  hosts_override
left:
  driver = appendfile
  maildir_format
  directory = {folder}/left
  user = {user}
  group = {group}
  create_directory
  delivery_date_add
  envelope_to_add

begin retry
* * F,1d,5s

begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${{if and{{{{eq{{$auth2}}{{{smtp_user}}}}}{{eq{{$auth3}}{{{smtp_password}}}}}}}}}
  server_set_id = $auth2
xoauth2:
  driver = plaintext
  public_name = XOAUTH2
  server_prompts = :
  server_condition = ${{if match{{$auth1}}{{\\N^user=(.+)\\x01auth=Bearer (.+)\\x01\\x01$\\N}}\
{{${{if eq{{${{lookup{{$2}}lsearch{{{folder}/tokens}}}}}}{{$1}}}}}}{{no}}}}
  server_set_id = xoauth2
"""
