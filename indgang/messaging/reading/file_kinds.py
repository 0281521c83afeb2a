"""What a file is, by its first bytes and by its name, and whether it may be handed on. Pure.

Archives are never unpacked: what is in them is the virus scanner's business. The table holds what decides here, which
is less than a library for file types knows, and it never guesses.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from indgang.messaging.reading.contents import FileRefusal
from indgang.messaging.reading.file_names import extension_of

_OFFICE = "application/vnd.openxmlformats-officedocument"
#: (place, bytes, media type); the first that fits counts
_SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"%PDF-", "application/pdf"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
    (8, b"WEBP", "image/webp"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypmif1", "image/heic"),
    (4, b"ftyp", "video/mp4"),
    (0, b"PK\x03\x04", "application/zip"),
    (0, b"PK\x05\x06", "application/zip"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"BZh", "application/x-bzip2"),
    (0, b"\xfd7zXZ\x00", "application/x-xz"),
    (0, b"MSCF", "application/vnd.ms-cab-compressed"),
    (257, b"ustar", "application/x-tar"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (0, b"{\\rtf", "application/rtf"),
    (0, b"\x7fELF", "application/x-elf"),
    (0, b"\xca\xfe\xba\xbe", "application/java-vm"),
    (0, b"\xcf\xfa\xed\xfe", "application/x-mach-binary"),
    (0, b"\xfe\xed\xfa\xcf", "application/x-mach-binary"),
    (0, b"L\x00\x00\x00\x01\x14\x02\x00", "application/x-ms-shortcut"),
    (0, b"#!", "text/x-script"),
    (32769, b"CD001", "application/x-iso9660-image"),
    (0, b"conectix", "application/x-virtual-disk"),
    (0, b"vhdxfile", "application/x-virtual-disk"),
)
_PROGRAMS = frozenset(
    (
        "application/x-msdownload",
        "application/x-elf",
        "application/java-vm",
        "application/x-mach-binary",
        "application/x-ms-shortcut",
        "text/x-script",
    )
)
_DISK_IMAGES = frozenset(("application/x-iso9660-image", "application/x-virtual-disk"))
#: extensions that a double click runs; the list that Outlook blocks, and what has been misused since
_PROGRAM_WORDS = """
    .ade .adp .app .appx .application .appref-ms .asp .bas .bat .cab .chm .cmd .cnt .com .cpl .crt .csh .der
    .diagcab .dll .exe .fxp .gadget .grp .hlp .hpj .hta .htc .inf .ins .isp .its .jar .jnlp .js .jse .ksh .lnk
    .mad .maf .mag .mam .maq .mar .mas .mat .mau .mav .maw .mcf .mda .mdb .mde .mdt .mdw .mdz .msc .msh .msh1
    .msh2 .mshxml .msi .msix .msp .mst .msu .one .ops .osd .pcd .pif .pl .plg .prf .prg .printerexport .ps1
    .ps1xml .ps2 .psc1 .psc2 .psd1 .psdm1 .pst .py .pyc .pyo .pyw .pyz .reg .scf .scr .sct .settingcontent-ms
    .sh .shb .shs .theme .tmp .udl .url .vb .vbe .vbp .vbs .vsmacros .vsw .webpnp .website .wsb .wsc .wsf .wsh
    .xbap .xll .xnk
"""
_PROGRAM_NAMES = frozenset(_PROGRAM_WORDS.split())
_DISK_NAMES = frozenset((".iso", ".img", ".vhd", ".vhdx", ".dmg", ".udf"))
_MACRO_NAMES = frozenset(
    (".docm", ".dotm", ".xlsm", ".xltm", ".xlam", ".xlsb", ".pptm", ".potm", ".ppam", ".ppsm", ".sldm")
)
#: the folder of each kind of office document in its ZIP
_FOLDERS = (
    (b"word/", f"{_OFFICE}.wordprocessingml.document"),
    (b"xl/", f"{_OFFICE}.spreadsheetml.sheet"),
    (b"ppt/", f"{_OFFICE}.presentationml.presentation"),
)
#: the storage of macros in older office documents
_MACRO_STORAGE = "_VBA_PROJECT".encode("utf-16-le")
#: what the content of a file with this extension is; others are not compared
_CONTENT_OF = {
    ".pdf": ("application/pdf",),
    ".png": ("image/png",),
    ".jpg": ("image/jpeg",),
    ".jpeg": ("image/jpeg",),
    ".gif": ("image/gif",),
    ".webp": ("image/webp",),
    ".docx": (f"{_OFFICE}.wordprocessingml.document",),
    ".xlsx": (f"{_OFFICE}.spreadsheetml.sheet",),
    ".pptx": (f"{_OFFICE}.presentationml.presentation",),
    ".zip": ("application/zip",),
}
#: a picture of another kind of picture is a slip of a program and no danger
_PICTURE = re.compile(r"image/(png|jpeg|gif|webp|heic|tiff)")
_MEDIA_TYPE = re.compile(r"[a-z0-9.+-]{1,50}/[a-z0-9.+-]{1,76}")
_EXTENSIONS = {
    "application/pdf": ".pdf",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/gif": ".gif",
    "text/plain": ".txt",
    "text/html": ".html",
    "text/calendar": ".ics",
    "message/rfc822": ".eml",
    "application/zip": ".zip",
}


@dataclass(frozen=True, slots=True)
class FileKind:
    kind: str
    refused: FileRefusal | None


def of(name: str, declared: str, content: bytes) -> FileKind:
    """The media type by content, else as declared, and why the file is refused."""
    seen = by_content(content)
    declared = declared if _MEDIA_TYPE.fullmatch(declared) else "application/octet-stream"
    refused = _refused(extension_of(name), seen, content)
    return FileKind(seen or ("application/octet-stream" if refused else declared), refused)


def by_content(content: bytes) -> str:
    """The media type that the content shows; empty when it shows none."""
    if _is_windows_program(content):
        return "application/x-msdownload"
    for place, signature, kind in _SIGNATURES:
        if content.startswith(signature, place):
            return _office(content) or kind if kind == "application/zip" else kind
    return ""


def is_picture(content: bytes) -> bool:
    """Whether every browser shows the content as a picture, and as nothing else."""
    return by_content(content) in ("image/png", "image/jpeg", "image/gif", "image/webp")


def extension_for(kind: str) -> str:
    return _EXTENSIONS.get(kind, "")


def _is_windows_program(content: bytes) -> bool:
    """MZ alone also begins texts; the header that it points to begins with PE, NE or LE."""
    if not content.startswith(b"MZ") or len(content) < 64:
        return False
    place = int.from_bytes(content[60:64], "little")
    return content[place : place + 2] in (b"PE", b"NE", b"LE", b"LX") or len(content) < 1024


def _office(content: bytes) -> str:
    """The kind of office document, by the names of its files, which a ZIP does not compress."""
    head = content[:4096] + content[-65536:]
    for folder, kind in _FOLDERS:
        if b"[Content_Types].xml" in head and folder in head:
            return kind
    return "application/java-archive" if b"META-INF/MANIFEST.MF" in head else ""


def _refused(extension: str, seen: str, content: bytes) -> FileRefusal | None:
    if extension in _PROGRAM_NAMES or seen in _PROGRAMS or seen == "application/java-archive":
        return FileRefusal.PROGRAM
    if extension in _DISK_NAMES or seen in _DISK_IMAGES:
        return FileRefusal.DISK_IMAGE
    if extension in _MACRO_NAMES or _has_macros(seen, content):
        return FileRefusal.MACROS
    expected = _CONTENT_OF.get(extension)
    if expected and content and seen not in expected and not _both_pictures(expected[0], seen):
        return FileRefusal.NAME_LIES
    return None


def _has_macros(seen: str, content: bytes) -> bool:
    if seen.startswith(_OFFICE):
        return b"vbaProject.bin" in content
    return seen == "application/x-ole-storage" and _MACRO_STORAGE in content


def _both_pictures(expected: str, seen: str) -> bool:
    return _PICTURE.fullmatch(expected) is not None and _PICTURE.fullmatch(seen) is not None
