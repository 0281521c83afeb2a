"""How fast the public site responds, and how large a page is.

First a cached page in requests per second over HTTP, against a Django hello-world view without middleware on the same
server (one worker of `web`) in the same run, with turns of half a second; and against the same view with the middleware
of `startproject`. Then the server's time for pages that are not cached (`uncached_p95_ms`) with 20,000 articles, and
the compressed size of all that a browser loads for the first page.

`--articles` and `--seconds` change the size.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import statistics
import subprocess
import sys
import time
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from benches import _asking, _bare, _own

TURN = 0.5
ASKS = 60
PEERS = {
    "hello": ("Django hello-world, no middleware", ">= 0.6 of the peer"),
    "hello-framed": ("Django hello-world in three middlewares of startproject", "none"),
}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--articles", type=int, default=20_000)
    options.add_argument("--seconds", type=float, default=8.0)
    chosen = options.parse_args()
    with _own.product("portal"):
        _own.collect_static()
        _run(chosen)


def _run(chosen: argparse.Namespace) -> None:
    _fill(chosen.articles)
    _own.settle()
    _uncached(chosen.articles)
    _weight()
    _throughput(chosen.seconds)


def _fill(count: int) -> None:
    """Add articles with many copies of the test site's words, all in force and each of a different size."""

    from indgang.core import clock
    from indgang.knowledge.models import Article, ArticleVersion
    from tests.portal.site import make
    from tests.world import build

    site = make(build())
    now = clock.now()
    services = [each for each in site.world.services.values() if each.unit]
    rows = [
        Article(slug=f"svar-{n}", unit=services[n % len(services)].unit, service=services[n % len(services)],
                review_on=now.date(), created_at=now, audience="everyone")
        for n in range(count)
    ]  # fmt: skip
    # most articles have a service of their own: a subject's page shows all its answers, and none has thousands
    for row in rows[len(services) * 20 :]:
        row.service = None
    made = Article.objects.bulk_create(rows, batch_size=5000)
    ArticleVersion.objects.bulk_create(
        [
            ArticleVersion(article=row, number=1, state="published", title=f"Svar nummer {n}", short="Gør sådan. " * 8,
                           body="## Regler\n\n" + "Et afsnit med regler. " * 60, created_at=now, changed_at=now,
                           published_from=now - timedelta(days=n % 400 + 1))
            for n, row in enumerate(made)
        ],
        batch_size=5000,
    )  # fmt: skip
    _own.analyse()


def _uncached(articles: int) -> None:
    from django.test import Client

    from indgang.portal import page_cache

    client = Client()

    def fetch(address: str) -> Any:
        with page_cache._writing:
            page_cache._pages.clear()
        return client.get(address)

    pages = {
        "front": ["/"], "article": [f"/svar/svar-{n}/" for n in range(ASKS)], "subject": ["/emner/byggetilladelse/"],
        "contact": ["/kontakt/"], "guide": ["/vejvisere/byggetilladelse/"], "search": ["/soeg/?q=byggetilladelse"],
    }  # fmt: skip
    everything: list[float] = []
    for name, addresses in pages.items():
        times = []
        for number in range(ASKS + 3):
            begun = time.perf_counter()
            answer = fetch(addresses[number % len(addresses)])
            if number >= 3:
                times.append((time.perf_counter() - begun) * 1000)
            assert answer.status_code == 200, answer.content[:300]
        everything += times
        bare = _bare.p95_ms(partial(fetch, addresses[0]), ASKS)
        more = {"median": round(statistics.median(times), 2), **_bare.beside(_p95(times), bare)}
        _say(f"uncached_{name}_p95_ms", _p95(times), "ms", "<= 40", **more)
    _say("uncached_p95_ms", _p95(everything), "ms", "<= 40", articles=articles)


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[18]


def _weight() -> None:
    """Bytes over the network for the first page: the page, its styles, scripts, icons and fonts."""
    from django.conf import settings
    from django.test import Client

    from indgang.portal import page_cache

    page_cache.forget()
    page = Client().get("/svar/skur-i-haven/", headers={"Accept-Encoding": "gzip"}).content
    text = gzip.decompress(page).decode()
    asked = set(re.findall(r'(?:href|src)="/static/([^"#]+)', text))
    sizes = {name: _packed(Path(settings.STATIC_ROOT) / name) for name in asked}
    total = len(page) + sum(sizes.values())
    fonts = sum(size for name, size in sizes.items() if name.endswith("woff2"))
    _say("page_bytes", total, "bytes", "< 200000", page=len(page), fonts=fonts, files=len(sizes))


def _packed(path: Path) -> int:
    """The size as sent: whitenoise keeps a compressed file where that is smaller."""
    beside = path.with_name(path.name + ".gz")
    return (beside if beside.exists() else path).stat().st_size


def _throughput(seconds: float) -> None:
    port = _asking.free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "benches._serving", "benches._portal_site:application", str(port)],
        env=dict(os.environ),
    )  # fmt: skip
    try:
        _asking.wait_for(port)
        page = "/svar/skur-i-haven/"
        etag = _asking.headers_of(port, _request(page))["etag"]
        _compare(port, "cached", _request(page, "Accept-Encoding: gzip"), seconds)
        _compare(port, "not_modified", _request(page, f"If-None-Match: {etag}"), seconds, status=304)
    finally:
        server.terminate()
        server.wait(timeout=20)


def _compare(port: int, name: str, request: str, seconds: float, status: int = 200) -> None:
    asks = {"page": (request, status)} | {peer: (_request(f"/{peer}/"), 200) for peer in PEERS}
    counts = dict.fromkeys(asks, 0.0)
    turns = max(1, round(seconds / TURN))
    for asked, expected in asks.values():
        _asking.per_second(port, asked, 0.3, expected)
    for _ in range(turns):
        # short turns, so that other load on the machine affects all alike
        for kind, (asked, expected) in asks.items():
            counts[kind] += _asking.per_second(port, asked, TURN, expected) / turns
    for peer, (about, goal) in PEERS.items():
        figure = f"{name}_requests_per_second" + ("" if peer == "hello" else "_framed")
        ratio = round(counts["page"] / counts[peer], 3)
        _say(figure, counts["page"], "1/s", goal, peer=about, peer_value=round(counts[peer], 1), ratio=ratio)


def _request(page: str, *headers: str) -> str:
    return "\r\n".join([f"GET {page} HTTP/1.1", "Host: 127.0.0.1", *headers, "", ""])


def _say(figure: str, value: float, unit: str, goal: str, **more: Any) -> None:
    line = {"bench": "portal", "figure": figure, "value": round(value, 2), "unit": unit, "goal": goal}
    print(json.dumps(line | more), flush=True)


if __name__ == "__main__":
    main()
