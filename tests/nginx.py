"""nginx as a reverse proxy for tests, with the configuration of docs/nginx.conf."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

CONFIGURATION = Path(__file__).resolve().parents[1] / "docs" / "nginx.conf"
#: the server's name in the configuration
NAME = "indgang.kommune.example"


def configured(folder: Path, *, web: int, plain: int, secure: int, live: int = 9, telephone: int = 9) -> Path:
    """The documented configuration with these ports, its own certificate, file names in the folder and no user."""
    nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    assert nginx, "nginx is missing: run scripts/install-test-tools"
    certificate, key = folder / "indgang.pem", folder / "indgang.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", f"/CN={NAME}", "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    text = CONFIGURATION.read_text()
    changes = {
        "user www-data;": "user root;" if os.getuid() == 0 else "", "/run/nginx.pid": f"{folder}/nginx.pid",
        "/var/log/nginx": str(folder), "/etc/ssl/certs/indgang.pem": str(certificate),
        "/etc/ssl/private/indgang.key": str(key), "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen 443 ssl": f"listen 127.0.0.1:{secure} ssl", "127.0.0.1:8000": f"127.0.0.1:{web}",
        "127.0.0.1:8001": f"127.0.0.1:{live}", "127.0.0.1:8088": f"127.0.0.1:{telephone}",
        "worker_processes auto": "worker_processes 1",
        "worker_rlimit_nofile 65536;": "",
    }  # fmt: skip
    for documented, ours in changes.items():
        assert documented in text, f"docs/nginx.conf has no {documented}"
        text = text.replace(documented, ours)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    places = "".join(f"    {kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    file = folder / "nginx.conf"
    file.write_text(text.replace("http {\n", f"http {{\n{places}", 1))
    return file
