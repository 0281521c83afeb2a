"""Article text is harmless, whatever somebody writes."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indgang.knowledge import markdown

HARM = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](vbscript:x)",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "![x](https://evil.example/pixel.png)",
    "[x](//evil.example)",
    '[x](https://a.dk "\\" onmouseover=alert(1) ")',
    '[x](article:a"onclick=alert(1))',
    "<javascript:alert(1)>",
    "[x]: javascript:alert(1)\n\n[x]",
    "```<script>\nalert(1)</script>\n```",
]
ALLOWED = {
    "p", "h2", "h3", "h4", "h5", "h6", "a", "ul", "ol", "li", "em", "strong", "code", "pre", "blockquote", "hr", "br",
    "img", "table", "thead", "tbody", "tr", "th", "td", "div",
}  # fmt: skip
ATTRIBUTES = {"href", "class", "rel", "src", "alt", "title", "start", "loading", "tabindex", "style"}


class _Reader(HTMLParser):
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ALLOWED
        for name, value in attrs:
            assert name in ATTRIBUTES
            if name in ("href", "src"):
                assert re.match(r"https?://|mailto:|tel:|/|#", value or ""), value
            if name == "src":
                assert (value or "").startswith("/files/")
            if name == "style":
                assert re.fullmatch(r"text-align:(left|right|center)", value or "")


def render(text: str) -> str:
    return markdown.render(text, link_to_article=lambda slug: f"/a/{slug}", link_to_attachment=lambda n: f"/files/{n}")


@given(st.lists(st.sampled_from(HARM) | st.text(max_size=30), max_size=5).map("\n\n".join))
def test_nothing_but_harmless_elements_comes_out(text: str) -> None:
    _Reader().feed(render(text))


@pytest.mark.parametrize("text", HARM)
def test_known_attacks_are_shown_as_words_or_not_at_all(text: str) -> None:
    html = render(text)
    _Reader().feed(html)
    assert "<script" not in html
    assert "evil" not in html or "<img" not in html


def test_links_lead_to_articles_and_files_and_mark_what_is_elsewhere() -> None:
    html = render("[a](article:altan) [b](attachment:plan.pdf) [c](https://kk.dk)")
    assert '<a href="/a/altan">a</a>' in html
    assert '<a href="/files/plan.pdf">b</a>' in html
    assert '<a href="https://kk.dk" class="external" rel="external noopener">c</a>' in html


def test_a_link_to_nowhere_leaves_its_words() -> None:
    assert markdown.render("[altaner](article:altan)", link_to_article=None) == "<p>altaner</p>\n"


@pytest.mark.parametrize(("text", "tag"), [("# A", "h2"), ("## A", "h2"), ("### A", "h2")])
def test_the_highest_heading_is_the_second_level(text: str, tag: str) -> None:
    assert render(text) == f"<{tag}>A</{tag}>\n"


def test_headings_keep_their_order_below_another_top() -> None:
    html = markdown.render("## A\n\n### B", link_to_article=None, top=4)
    assert "<h4>A</h4>" in html
    assert "<h5>B</h5>" in html


def test_more_than_an_article_is_refused_with_its_size() -> None:
    with pytest.raises(markdown.TooLong) as refused:
        render("a" * (markdown.MOST_CHARACTERS + 1))
    assert refused.value.size == markdown.MOST_CHARACTERS + 1


def test_plain_text_is_the_words_by_the_line() -> None:
    text = "## Regler\n\n- **først** [søg](article:x)\n- `så`\n\nTo\nlinjer <b>her</b>"
    assert markdown.plain(text) == "Regler\nførst søg\nså\nTo linjer <b>her</b>"


def test_where_a_text_leads_is_listed() -> None:
    text = "[a](article:altan#pris) ![b](attachment:a%20b.png) [c](https://kk.dk) [d](javascript:x)"
    assert markdown.targets(text) == ["article:altan#pris", "attachment:a%20b.png", "https://kk.dk"]
    assert markdown.articles_in(text) == ["altan"]
    assert markdown.attachments_in(text) == ["a b.png"]
