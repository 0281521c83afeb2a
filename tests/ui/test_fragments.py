"""Fragments: made once for each set of values, and from nothing but these."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django import template
from django.template import Context, Engine, Template, TemplateSyntaxError
from django.template.base import Node
from django.utils import translation
from django.utils.safestring import mark_safe

from indgang.accounts.models import Person
from indgang.ui.templatetags import fragments


class Counted(Node):
    """Counts how often what it stands in is made."""

    made = 0

    def render(self, context: Context) -> str:
        Counted.made += 1
        return ""


@pytest.fixture(autouse=True)
def counted() -> Iterator[None]:
    library = template.Library()
    library.tag("counted", lambda parser, token: Counted())
    engine = Engine.get_default()
    engine.template_builtins.append(library)
    Counted.made = 0
    yield
    engine.template_builtins.remove(library)


def _rendered(source: Template, **context: Any) -> str:
    return source.render(Context(context)).strip()


ROW = "{% fragment name=person.name at=12 %}{% counted %}<b>{{ name }}</b> {{ person }}{{ at }}{% endfragment %}"


def test_it_is_made_once_for_each_set_of_values() -> None:
    row = Template(ROW)
    assert _rendered(row, person=Person(name="Bo")) == "<b>Bo</b> 12"
    assert _rendered(row, person=Person(name="Bo")) == "<b>Bo</b> 12"
    assert Counted.made == 1
    assert _rendered(row, person=Person(name="Ida")) == "<b>Ida</b> 12"
    assert Counted.made == 2


def test_it_sees_nothing_but_its_values() -> None:
    page = Template("{% fragment %}{{ secret }}{{ user }}{{ request.path }}{% endfragment %}")
    assert _rendered(page, secret="anything", user="anna", request="r") == ""


def test_each_language_has_its_own() -> None:
    page = Template("{% fragment %}{% translate 'Gem' %} {{ LANGUAGE_CODE }}{% endfragment %}")
    with translation.override("da"):
        assert _rendered(page) == "Gem da"
    with translation.override("en"):
        assert _rendered(page) == "Save en"


def test_a_text_that_is_not_safe_never_takes_the_place_of_one_that_is() -> None:
    page = Template("{% fragment text=text %}{{ text }}{% endfragment %}")
    assert _rendered(page, text=mark_safe("<i>")) == "<i>"
    assert _rendered(page, text="<i>") == "&lt;i&gt;"


def test_one_and_true_are_two_values() -> None:
    page = Template("{% fragment value=value %}{{ value }}{% endfragment %}")
    assert [_rendered(page, value=value) for value in (1, True)] == ["1", "True"]


def test_a_model_is_refused(db: None) -> None:
    with pytest.raises(TypeError, match="Person"):
        _rendered(Template("{% fragment who=person %}{{ who.name }}{% endfragment %}"), person=Person(pk=1))
    with pytest.raises(TypeError, match="Person"):
        _rendered(Template("{% fragment who=people %}{% endfragment %}"), people=(Person(pk=1),))


@pytest.mark.parametrize("tag", ["{% since at %}", "{% if at %}{% until at %}{% endif %}", "{% csrf_token %}"])
def test_what_is_of_this_moment_is_refused(tag: str) -> None:
    with pytest.raises(TemplateSyntaxError, match="from one request to the next"):
        Template("{% fragment at=at %}" + tag + "{% endfragment %}")


def test_a_value_without_a_name_is_refused() -> None:
    with pytest.raises(TemplateSyntaxError, match="name=value"):
        Template("{% fragment person %}{% endfragment %}")


def test_it_does_not_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fragments, "MOST", 3)
    page = Template("{% fragment number=number %}{% counted %}{{ number }}{% endfragment %}")
    for number in range(10):
        assert _rendered(page, number=number) == str(number)
    node = page.nodelist.get_nodes_by_type(fragments.FragmentNode)[0]
    assert isinstance(node, fragments.FragmentNode)
    assert len(node._made) <= 3


def test_safe_text_inside_of_a_value_is_refused() -> None:
    source = Template("{% load fragments %}{% fragment row=row %}{{ row.0 }}{% endfragment %}")
    with pytest.raises(TypeError, match="safe text inside"):
        _rendered(source, row=(mark_safe("<b>"),))
    assert _rendered(source, row=("<b>",)) == "&lt;b&gt;"


def test_a_value_that_can_be_no_key_is_refused_in_words() -> None:
    source = Template("{% load fragments %}{% fragment rows=rows %}{% endfragment %}")
    with pytest.raises(TypeError, match="only plain values"):
        _rendered(source, rows=[1])


def test_what_is_included_may_not_be_of_this_moment_either() -> None:
    source = Template('{% load fragments %}{% fragment a=1 %}{% include "desk/parts/state.html" %}{% endfragment %}')
    with pytest.raises(TemplateSyntaxError):
        _rendered(source)


def test_nothing_is_kept_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    source = Template("{% load fragments %}{% fragment a=a %}{{ a }}{% endfragment %}")
    (node,) = (each for each in source.nodelist if isinstance(each, fragments.FragmentNode))
    _rendered(source, a="1")
    monkeypatch.setattr(fragments, "KEPT_SECONDS", -1.0)
    _rendered(source, a="2")
    assert [key[1] for key in node._made] == ["2"]
