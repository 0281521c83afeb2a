"""When a certificate (X.509) ends, read from its bytes: Python's TLS module shows only the end of trusted
certificates."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime

_CERTIFICATE = "-----BEGIN CERTIFICATE-----"
_UTC_TIME, _VERSION = 0x17, 0xA0


def end_of_pem(text: str) -> datetime:
    """The end of the first certificate in a PEM file. Raises ValueError when there is none."""
    begins = text.find(_CERTIFICATE)
    if begins < 0:
        raise ValueError("there is no certificate in it")
    ends = text.find("-----END CERTIFICATE-----", begins)
    return end_of_der(ssl.PEM_cert_to_DER_cert(text[begins:ends] + "-----END CERTIFICATE-----\n"))


def end_of_der(data: bytes) -> datetime:
    """The last moment of the certificate's validity (RFC 5280, 4.1). Raises ValueError for bytes that are not a
    certificate."""
    try:
        signed, _ = _value(_value(data, 0)[0], 0)
        parts = [(tag, content) for tag, content in _parts(signed) if tag != _VERSION]
        # serial number, algorithm, issuer, validity
        (_, _begin), (tag, end) = _parts(parts[3][1])
        return _moment(tag, end.decode("ascii"))
    except (IndexError, UnicodeDecodeError) as error:
        raise ValueError("this is no certificate") from error


def _moment(tag: int, text: str) -> datetime:
    if tag == _UTC_TIME:  # the year has two digits: 1950 to 2049
        text = ("19" if int(text[:2]) >= 50 else "20") + text
    return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)


def _parts(data: bytes) -> list[tuple[int, bytes]]:
    found, at = [], 0
    while at < len(data):
        content, after = _value(data, at)
        found.append((data[at], content))
        at = after
    return found


def _value(data: bytes, at: int) -> tuple[bytes, int]:
    """The content of the DER value that begins at `at`, and where the next one begins."""
    length, begins = data[at + 1], at + 2
    if length & 0x80:
        count = length & 0x7F
        length, begins = int.from_bytes(data[begins : begins + count], "big"), begins + count
    if begins + length > len(data):
        raise IndexError
    return data[begins : begins + length], begins + length
