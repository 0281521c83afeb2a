"""Reads the telephone file: the Asterisk nodes and trunks of an installation, written by an administrator in YAML.

It is a file and not a table: it holds passwords, or paths of files with passwords, and these must not be in a table,
a backup or the audit trail. It is read again whenever it changes. docs/telephone.md shows an example.

`read` accepts the whole file or nothing. It raises `BadTelephoneFile` with a message that says where the error is and
how to correct it.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import yaml

from indgang.core import phone_numbers, plain_yaml
from indgang.telephony.asterisk.configuration import ExchangeSettings
from indgang.telephony.asterisk.trunks import Keys, NumberForm, NumberRange, Transport, Trunk, number_range

#: words whose value is a secret; with the suffix `_file`, the path of a file with the secret
_SECRETS = frozenset(("password", "inbound_password", "ari_password"))
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,39}")
_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]{1,253})(:[0-9]{1,5})?")
_CODECS = frozenset(("alaw", "ulaw", "g722", "opus", "gsm"))
#: reserved names: of Asterisk's other endpoints and of browser phones (`p12`)
_TAKEN = re.compile(r"indgang-.*|anonymous|p[0-9]+")
_LONGEST_TIME = 86_400


class BadTelephoneFile(ValueError):
    """The file cannot be used; the message says what to change."""


@dataclass(frozen=True, slots=True)
class _Described:
    """One object of the file: its location, for messages, and its words."""

    where: str
    words: Mapping[str, Any]

    def only(self, known: Mapping[str, Any]) -> None:
        for word in self.words:
            if word not in known and word.removesuffix("_file") not in (_SECRETS & known.keys()):
                raise BadTelephoneFile(f"{self.where}: {word!r} is unknown; known are {', '.join(sorted(known))}")


def read(path: Path, local: ExchangeSettings) -> tuple[ExchangeSettings, ...]:
    """The nodes, each with its trunks. `local` is the node described by the environment. It is the only node if the
    file names none, and it provides the defaults of the other nodes."""
    told = _loaded(path)
    top = _Described(path.name, told)
    top.only({"nodes": None, "trunks": None})
    described = [_described(f"node {n}", each) for n, each in enumerate(_list(top, "nodes"), 1)]
    nodes = [_node(each, path, local) for each in described] or [local]
    names = [node.name for node in nodes]
    _once(names, "nodes")
    trunks = [_trunk(_described(f"trunk {n}", each), path, names) for n, each in enumerate(_list(top, "trunks"), 1)]
    _once([trunk.name for trunk, _ in trunks], "trunks")
    _check_secrecy(path, told)
    return tuple(
        replace(node, trunks=tuple(trunk for trunk, at in trunks if at == node.name), open_to_all=False)
        for node in nodes
    )


def _loaded(path: Path) -> Mapping[str, Any]:
    try:
        told = plain_yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)
    except OSError as error:
        raise BadTelephoneFile(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadTelephoneFile(f"{path.name} is not UTF-8 text") from error
    except plain_yaml.NotPlain as error:
        raise BadTelephoneFile(f"{path.name}, line {error.line}: write plain lists and values") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        raise BadTelephoneFile(f"{path.name}{line}: this is no YAML ({getattr(error, 'problem', error)})") from error
    if told in (None, ""):
        return {}
    if not isinstance(told, Mapping):
        raise BadTelephoneFile(f"{path.name}: begin with `trunks:`")
    return told


def _check_secrecy(path: Path, told: Mapping[str, Any]) -> None:
    """Refuse a file with passwords that others than its owner can read."""
    objects = [each for part in ("nodes", "trunks") for each in told.get(part) or []]
    if any(_SECRETS & each.keys() for each in objects) and path.stat().st_mode & 0o077:
        raise BadTelephoneFile(
            f"{path} holds passwords and others may read it; run chmod 600 {path}, or name files with password_file"
        )


def _node(told: _Described, path: Path, local: ExchangeSettings) -> ExchangeSettings:
    told.only(_NODE)
    values = _values(told, _NODE, path)
    node = replace(local, **values)
    if "name" not in values:
        raise BadTelephoneFile(f"{told.where}: it needs a name")
    if "directory" not in values and node.name != local.name:
        node = replace(node, directory=local.directory.with_name(node.name))
    return node


def _trunk(told: _Described, path: Path, nodes: list[str]) -> tuple[Trunk, str]:
    """The trunk, and the node to which it belongs."""
    told.only(_TRUNK | {"node": None})
    values = _values(told, _TRUNK, path)
    if "name" not in values:
        raise BadTelephoneFile(f"{told.where}: it needs a name")
    told = _Described(f"trunk {values['name']}", told.words)
    trunk = Trunk(**values)
    _check(told, trunk)
    node = told.words.get("node") or (nodes[0] if len(nodes) == 1 else "")
    if node not in nodes:
        raise BadTelephoneFile(f"{told.where}: say which node it belongs to, with node: {' or '.join(nodes)}")
    return trunk, str(node)


def _check(told: _Described, trunk: Trunk) -> None:
    """Refuse values that contradict each other."""
    if trunk.register and not (trunk.host and trunk.username):
        raise BadTelephoneFile(f"{told.where}: with register it needs a server and a username")
    if trunk.username and not trunk.password:
        raise BadTelephoneFile(f"{told.where}: with a username it needs password_file")
    if trunk.srtp and trunk.transport is not Transport.TLS:
        raise BadTelephoneFile(f"{told.where}: srtp needs transport: tls, or the key of the sound is readable")
    if not trunk.host and not trunk.addresses and not trunk.inbound_password:
        raise BadTelephoneFile(f"{told.where}: no call can come or go; give it a server or addresses")


def _values(told: _Described, known: Mapping[str, tuple[str, Callable[[str], Any]]], path: Path) -> dict[str, Any]:
    """The object's words as fields."""
    values: dict[str, Any] = {}
    for word, raw in told.words.items():
        named = word.removesuffix("_file") if word not in known else word
        if named not in known:
            continue
        field, convert = known[named]
        text = _secret(told, word, raw, path) if named != word else raw
        try:
            values[field] = convert(text)
        except (ValueError, TypeError) as error:
            raise BadTelephoneFile(f"{told.where}, {word}: {error}") from error
    return values


def _secret(told: _Described, word: str, raw: Any, path: Path) -> str:
    """The content of the named file; a relative path starts at the telephone file's folder."""
    file = path.parent / str(raw)
    try:
        text = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadTelephoneFile(f"{told.where}, {word}: {file} cannot be read") from error
    if not text:
        raise BadTelephoneFile(f"{told.where}, {word}: {file} is empty")
    return text


def _list(told: _Described, word: str) -> list[Any]:
    found = told.words.get(word) or []
    if not isinstance(found, list):
        raise BadTelephoneFile(f"{told.where}: write a list under {word}, each item with - before it")
    return found


def _described(where: str, each: Any) -> _Described:
    if not isinstance(each, Mapping):
        raise BadTelephoneFile(f"{where}: write its words below each other, as in `- name: operator`")
    name = each.get("name")
    return _Described(f"{where} ({name})" if name else where, each)


def _once(names: list[str], what: str) -> None:
    for name in names:
        if names.count(name) > 1:
            raise BadTelephoneFile(f"two {what} are called {name}; give each a name of its own")


# --- words of one line -------------------------------------------------------------------------------


def _text(raw: Any) -> str:
    if not isinstance(raw, str):
        raise ValueError("write one text")
    if any(sign in raw for sign in "\n\r;"):
        raise ValueError("no line breaks or semicolons")
    return raw


def _texts(raw: Any) -> tuple[str, ...]:
    several = raw if isinstance(raw, list) else [raw]
    return tuple(_text(each) for each in several)


def _name(raw: Any) -> str:
    if not _NAME.fullmatch(_text(raw)) or _TAKEN.fullmatch(raw):
        raise ValueError(f"{raw!r} cannot be a name; write letters, digits, dot and dash, with a letter first")
    return _text(raw)


def _host(raw: Any) -> str:
    if not _HOST.fullmatch(_text(raw)):
        raise ValueError(f"{raw!r} is no server; write its name or address, and a port after a colon")
    return _text(raw)


def _addresses(raw: Any) -> tuple[str, ...]:
    for each in _texts(raw):
        try:
            ipaddress.ip_network(each, strict=False)
        except ValueError:
            if not _HOST.fullmatch(each) or ":" in each:
                raise ValueError(f"{each!r} is no address, network or host name") from None
    return _texts(raw)


def _yes(raw: Any) -> bool:
    if raw not in ("true", "false", "yes", "no"):
        raise ValueError("write true or false")
    return raw in ("true", "yes")


def _number_between(least: int, most: int) -> Callable[[Any], int]:
    def convert(raw: Any) -> int:
        if not isinstance(raw, str) or not re.fullmatch(r"[0-9]{1,9}", raw) or not least <= int(raw) <= most:
            raise ValueError(f"write a whole number from {least} to {most}")
        return int(raw)

    return convert


def _choice(kind: Callable[[str], Any], *known: str) -> Callable[[Any], Any]:
    def convert(raw: Any) -> Any:
        if raw not in known:
            raise ValueError(f"{raw!r} is not known; write {' or '.join(known)}")
        return kind(raw)

    return convert


def _codecs(raw: Any) -> tuple[str, ...]:
    for each in _texts(raw):
        if each not in _CODECS:
            raise ValueError(f"{each!r} is no codec we have; write some of {', '.join(sorted(_CODECS))}")
    return _texts(raw)


def _phone_number(raw: Any) -> str:
    try:
        return phone_numbers.normalise(_text(raw))
    except phone_numbers.NumberError as error:
        raise ValueError(f"{raw!r} is no telephone number; write it as +4533663366") from error


def _ranges(raw: Any) -> tuple[NumberRange, ...]:
    return tuple(number_range(each) for each in _texts(raw))


def _folder(raw: Any) -> Path:
    if not Path(_text(raw)).is_absolute():
        raise ValueError("write the whole path, beginning with /")
    return Path(raw)


def _choices(kind: Any) -> Callable[[Any], Any]:
    return _choice(kind, *(each.value for each in kind))


_PORT = _number_between(1, 65_535)
_SECONDS = _number_between(1, _LONGEST_TIME)

_TRUNK: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "name": ("name", _name),
    "server": ("host", _host),
    "transport": ("transport", _choices(Transport)),
    "srtp": ("srtp", _yes),
    "register": ("register", _yes),
    "username": ("username", _text),
    "password": ("password", _text),
    "inbound_password": ("inbound_password", _text),
    "addresses": ("match", _addresses),
    "codecs": ("codecs", _codecs),
    "numbers": ("numbers", _ranges),
    "caller_number": ("caller_number", _phone_number),
    "shows_callers": ("shows_callers", _yes),
    "number_form": ("number_form", _choices(NumberForm)),
    "keys": ("keys", _choices(Keys)),
    "priority": ("priority", _number_between(1, 999)),
    "options_every": ("options_every", _number_between(0, 3600)),
    "expires": ("expires", _SECONDS),
    "retry_after": ("retry_after", _SECONDS),
    "test_number": ("test_number", _phone_number),
}
_NODE: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "name": ("name", _name),
    "folder": ("directory", _folder),
    "ari_address": ("http_address", _host),
    "ari_port": ("http_port", _PORT),
    "ari_user": ("ari_user", _text),
    "ari_password": ("ari_password", _text),
    "websocket": ("websocket_url", _text),
    "sip_address": ("sip_address", _host),
    "sip_port": ("sip_port", _PORT),
    "public_address": ("public_address", _host),
    "tls_port": ("tls_port", _PORT),
    "tls_certificate": ("tls_certificate", _text),
    "tls_key": ("tls_key", _text),
    "tls_authorities": ("tls_authorities", _text),
    "rtp_first": ("rtp_first", _PORT),
    "rtp_last": ("rtp_last", _PORT),
}
assert {field for field, _ in _TRUNK.values()} == {each.name for each in fields(Trunk)}
