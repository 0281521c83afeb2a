"""Template tags of the shared components. Built in: no template needs to load them.

{% field form.name hint="…" %}           label, hint, error and control with the design system's classes
{% button "Gem" icon="save" %}           a button (kind: primary, secondary, tertiary, warning)
{% icon "search" %}                      an icon; label="…" when it stands alone
{% badge "Ny" "info" %}                  a small label (info, success, warning, error or none)
{% status "ready" "Klar" %}              a coloured mark with its word
{{ seconds|duration }} {{ at|clock }}    2:13 and 14:05
{{ count|number }}                       12.345
{% since at %} {% until at %}            a counter that ticks in the browser
{% dialog "id" "Title" %}…{% enddialog %}   opened by an element with data-opens="id"
{% live_stream "person-12" "centre-tmf" %}  opens the stream of the page
<div id="calls" {% live_part url "call" "state" wait=20 %}>  an element that is fetched again when a part is stale
{% pages page_object %}                  links to the other pages of a long list
{% plot shown "waits" %}                 a plot (package plots) with its table; the word is unique on the page
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django import forms, template
from django.forms import BoundField
from django.forms.utils import flatatt
from django.template import Context
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from indgang.core import clock as core_clock
from indgang.plots import drawing
from indgang.plots.frame import NARROW, WIDE
from indgang.plots.plot import Plot
from indgang.ui import live_page, navigation

register = template.Library()

#: icons we drew ourselves; all others are the design system's
OWN_ICONS = frozenset(
    {
        *("phone", "phone-down", "phone-out", "phone-in", "pause", "play", "mic", "mic-off", "keypad", "transfer"),
        *("merge", "ear", "whisper", "walk-in", "coffee"),
    }
)


@register.simple_tag
def icon(name: str, label: str = "", size: str = "") -> SafeString:
    """An icon, decorative unless it has a label. `size` is small or large."""
    return _icon(name, label, size)


@lru_cache(maxsize=512)
def _icon(name: str, label: str, size: str) -> SafeString:
    """The rendered icon, cached: the same few icons stand on every page, some of them many times."""
    sprite = static("ui/icons.svg" if name in OWN_ICONS else "vendor/dkfds/img/icons.svg")
    meaning = {"role": "img", "aria-label": label} if label else {"aria-hidden": "true"}
    attributes = {"class": f"icon-svg {f'icon-{size}' if size else ''}".strip(), "focusable": "false"} | meaning
    return format_html('<svg{}><use href="{}#{}"></use></svg>', flatatt(attributes), sprite, name)


@register.simple_tag
def button(text: str, kind: str = "primary", icon_name: str = "", **attributes: Any) -> SafeString:
    """`icon_name` is also understood as `icon`; other arguments become attributes, _ as - (hx_post="…").

    True gives the bare attribute, False and None none. `hide_text=True` keeps the text for screen readers only.
    """
    icon_name = attributes.pop("icon", icon_name)
    hidden = attributes.pop("hide_text", False)
    classes = f"button button-{kind} {attributes.pop('class', '')} {'button-quiet' if hidden else ''}".split()
    plain = {name.replace("_", "-"): value for name, value in attributes.items() if value not in (False, None)}
    return format_html(
        "<button{}>{}{}</button>",
        flatatt({"type": "submit", "class": " ".join(classes)} | plain),
        icon(icon_name) if icon_name else "",
        format_html('<span class="{}">{}</span>', "sr-only" if hidden else "", text),
    )


@register.simple_tag
def badge(text: str, kind: str = "") -> SafeString:
    return format_html('<span class="badge{}">{}</span>', f" badge-{kind}" if kind else "", text)


@register.simple_tag
def status(code: str, text: str) -> SafeString:
    """The word carries the meaning; colour and shape of the mark follow `code` (see states.css)."""
    return format_html('<span class="status" data-state="{}">{}</span>', code, text)


@register.simple_tag
def field(bound: BoundField, hint: str | None = None, label: str | None = None, **attributes: Any) -> SafeString:
    """A form field. Other arguments become attributes of the control, _ as - (autofocus=True, hx_get="…").

    `hide_label=True` keeps the label for screen readers, where the place says what the field is for. A field that may
    be empty is marked as optional; `optional=False` leaves the mark out where another answer makes the field needed.
    """
    hidden = attributes.pop("hide_label", False)
    optional = attributes.pop("optional", True)
    extra = {name.replace("_", "-"): value for name, value in attributes.items()}
    context = _field_context(bound, hint, label, extra) | {"hide_label": hidden}
    context["optional"] = optional and context["optional"]
    return SafeString(render_to_string("ui/field.html", context))


def _field_context(bound: BoundField, hint: str | None, label: str | None, extra: dict[str, Any]) -> dict[str, Any]:
    widget = bound.field.widget
    hint = str(bound.help_text) if hint is None else hint
    identity = bound.id_for_label or f"{bound.auto_id}"
    described = [f"{identity}-hint"] if hint else []
    described += [f"{identity}-error"] if bound.errors else []
    attributes: dict[str, Any] = {"class": f"{_control_class(widget)} {extra.pop('class', '')}".strip(), **extra}
    if described:
        attributes["aria-describedby"] = " ".join(described)
    if bound.errors and not widget.is_hidden:
        attributes["autofocus"] = True  # the page scrolls to the first error
    grouped = isinstance(widget, forms.RadioSelect)
    if grouped:
        # Django renders each box separately and takes its class from the widget; the design system needs the class
        widget.attrs["class"] = attributes["class"]
    return {
        "field": bound,
        "identity": identity,
        "hint": hint,
        "described": " ".join(described),
        "label": label or bound.label,
        "control": bound.as_widget(attrs=attributes),
        "kind": "group" if grouped else "checkbox" if isinstance(widget, forms.CheckboxInput) else "control",
        "optional": not bound.field.required and not isinstance(widget, forms.CheckboxInput),
        "hidden": widget.is_hidden,
    }


def _control_class(widget: forms.Widget) -> str:
    # in Django CheckboxSelectMultiple is a subclass of RadioSelect
    if isinstance(widget, forms.CheckboxInput | forms.CheckboxSelectMultiple):
        return "form-checkbox"
    if isinstance(widget, forms.RadioSelect):
        return "form-radio"
    if isinstance(widget, forms.Select):
        return "form-select"
    return "form-input"


@register.filter
def duration(value: timedelta | float | None) -> str:
    """Minutes and seconds, with hours from one hour on: 0:07, 2:13, 1:02:13. Empty for None."""
    if value is None:
        return ""
    seconds = max(0, round(value.total_seconds() if isinstance(value, timedelta) else value))
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


@register.filter
def number(value: float | None) -> str:
    """A number with thousands separators of the language: 12.345. A dash for None."""
    return "–" if value is None else number_format(value, use_l10n=True, force_grouping=True)


@register.filter
def clock(at: datetime | None) -> str:
    """The time of day in Copenhagen: 14:05. Empty for None."""
    return f"{at.astimezone(core_clock.COPENHAGEN):%H:%M}" if at else ""


@register.filter
def day(at: datetime | None) -> str:
    """The date and time of day in Copenhagen: 22.11.2026 14:05. Empty for None."""
    return f"{at.astimezone(core_clock.COPENHAGEN):%d.%m.%Y %H:%M}" if at else ""


@register.simple_tag
def since(at: datetime | None, warn_after: int = 0) -> SafeString:
    """The time since `at`, ticking. After `warn_after` seconds it is marked (attribute data-late)."""
    return _ticking("data-since", at, core_clock.now() - at if at else None, warn_after)


@register.simple_tag
def until(at: datetime | None) -> SafeString:
    """The time until `at`, ticking down to 0:00."""
    return _ticking("data-until", at, at - core_clock.now() if at else None, 0)


def _ticking(attribute: str, at: datetime | None, shown: timedelta | None, warn_after: int) -> SafeString:
    if at is None:
        return SafeString("")
    warn = f' data-warn-after="{int(warn_after)}"' if warn_after else ""
    # only our own numbers and words: no escaping needed, and a wallboard has a hundred of these
    moment = round(at.timestamp() * 1000)
    return SafeString(f'<span {attribute}="{moment}" class="ticking" role="timer"{warn}>{duration(shown)}</span>')


@register.simple_tag(takes_context=True)
def live_stream(context: Context, *scopes: str | Iterable[str]) -> SafeString:
    """Open the page's stream for `scopes` and `all`. A page opens it once, so the tag also takes a list of scopes."""
    url = live_page.stream_url(context["request"], _flat(scopes))
    return format_html('<div id="live-stream" data-stream="{}" hidden></div>', url) if url else SafeString("")


@register.simple_tag
def live_part(
    url: str, *parts: str | Iterable[str], wait: int = 0, pace: int = 0, every: int = 0, load: bool = False
) -> SafeString:
    """Attributes of an element that `url` is asked for again when one of `parts` is stale ("*": any). It needs an id.

    The view gets the id as HX-Target and answers with the element or with its content (`pages.render_part_or_page`).
    `wait`, `pace` and `every` are milliseconds: to collect further news, between two fetches, and fetched anyhow;
    `load` fetches as soon as the page is there. See ui/live.js.
    """
    timing = {"wait": wait, "pace": pace, "every": every, "load": load}
    attributes = {f"data-live-{name}": value for name, value in timing.items() if value}
    return SafeString(flatatt({"data-live-parts": " ".join(_flat(parts)), "data-live-url": url} | attributes).lstrip())


def _flat(words: Iterable[str | Iterable[str]]) -> list[str]:
    return [word for given in words for word in ([given] if isinstance(given, str) else given)]


@register.simple_tag(takes_context=True)
def navigation_menu(context: Context) -> SafeString:
    """The menu, cached for each set of permissions, page in it, language, what waits and what the person is named for.

    All pages that are not in the menu have the same, which takes five milliseconds to make.
    """
    permissions, request = frozenset(context.get("permissions") or ()), context["request"]
    path = request.path if request.path in navigation.addresses() else ""
    waiting = frozenset(navigation.waiting_for(request.user, permissions).items())
    named = navigation.named_for(request.user, permissions)
    return _navigation_menu(permissions, path, tuple(navigation.registered()), waiting, named, get_language())


@lru_cache(maxsize=512)
def _navigation_menu(
    permissions: frozenset[str], path: str, _links: tuple[navigation.Link, ...], waiting: frozenset[tuple[str, int]],
    named: frozenset[str], _language: str | None,
) -> SafeString:  # fmt: skip
    words = {"groups": navigation.groups_for(permissions, path, dict(waiting), named)}
    return SafeString(render_to_string("ui/navigation.html", words))


@register.inclusion_tag("ui/pages.html", takes_context=True)
def pages(context: Context, page_object: Any) -> dict[str, Any]:
    """Links to other pages of a list, with the query of the present page."""
    query = context["request"].GET.copy()
    query.pop("page", None)
    return {"page": page_object, "query": query.urlencode()}


@register.inclusion_tag("ui/plot.html")
def plot(shown: Plot, key: str, *, has_table: bool = True, has_caption: bool = True) -> dict[str, Any]:
    """A plot, drawn for wide and for narrow pages, and the table behind it; without that where the page has the table,
    and without a caption where it stands below a heading with its title."""
    nothing = _("Ingen data")
    return {
        "plot": shown,
        "has_table": has_table,
        "has_caption": has_caption,
        "wide": SafeString(drawing.svg(shown, WIDE, key=f"{key}-wide", nothing=nothing)),
        "narrow": SafeString(drawing.svg(shown, NARROW, key=f"{key}-narrow", nothing=nothing)),
    }


@register.tag
def dialog(parser: Parser, token: Token) -> DialogNode:
    """A modal dialog with its heading and a close button."""
    arguments = token.split_contents()[1:]
    if len(arguments) != 2:
        raise template.TemplateSyntaxError('write {% dialog "id" "Title" %}')
    content = parser.parse(("enddialog",))
    parser.delete_first_token()
    identity, title = (parser.compile_filter(argument) for argument in arguments)
    return DialogNode(identity, title, content)


class DialogNode(template.Node):
    def __init__(self, identity: FilterExpression, title: FilterExpression, content: NodeList) -> None:
        self.identity, self.title, self.content = identity, title, content

    def render(self, context: Context) -> SafeString:
        values: Mapping[str, Any] = {
            "identity": self.identity.resolve(context),
            "title": self.title.resolve(context),
            "content": self.content.render(context),
            "close": _("Luk"),
        }
        return SafeString(render_to_string("ui/dialog.html", dict(values)))
