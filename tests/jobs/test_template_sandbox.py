"""Prompt templates within bounds: what is out of reach, what is too much, and what stays as it was."""

import json
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.base.errors import UsageError
from modelroute_cli.jobs.problems import Fault
from modelroute_cli.jobs.prompt_template import make_prompter
from modelroute_cli.jobs.reading import Reading

_FAILS = "the template fails on this row"
_SHORTER = "make it shorter: one prompt needs no more"
_STEPS = f"{_FAILS}: it takes more than 100,000 steps"
_LONG = f"{_FAILS}: it makes a text of more than 16,777,216 characters"
_ROW: Mapping[str, object] = {"name": "Ada", "n": "7", "empty": None, "Order no.": 4711}


def _fill(template: str, values: Mapping[str, object]) -> object:
    prompter = make_prompter(Reading(prompt=template))
    assert prompter is not None
    row: dict[str, object] = {}
    faults = prompter.fill(row, values)
    return faults or row["prompt"]


def _refusal(template: str) -> Fault:
    """The one fault of a template on a row."""
    prompter = make_prompter(Reading(prompt=template))
    assert prompter is not None
    [fault] = prompter.fill({}, _ROW)
    return fault


@pytest.mark.parametrize(
    ("template", "name"),
    [
        ("{{ name.__class__.__mro__ }}", "__class__"),
        ("{{ ''.__class__ }}", "__class__"),
        ("{{ name | attr('__class__') }}", "__class__"),
        ("{{ name['__class__'] }}", "__class__"),
        ("{{ row.__class__ }}", "__class__"),
        ("{{ cycler.__init__.__globals__ }}", "__init__"),
        ("{{ namespace.__init__ }}", "__init__"),
        ("{{ (name | upper).__len__ }}", "__len__"),
        ("{% set f = 'x'.format %}{{ f.__self__ }}", "the method `format`"),
    ],
)
def test_attributes_of_python_are_out_of_reach(template: str, name: str) -> None:
    """By a dot, by brackets, by a filter; what a row holds is data."""
    shown = (
        f"{name} is out of reach of a template; there may be a filter"
        if " " in name
        else (f"`{name}` is out of reach of a template")
    )
    assert _refusal(template) == Fault("--prompt", f"{_FAILS}: {shown}")


@pytest.mark.parametrize(
    "template",
    [
        "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}",
        "{% for a in range(999) %}{% for b in range(999) %}{{ a }}{% endfor %}{% endfor %}",
        "{% macro a() %}{% for i in range(999) %}{% endfor %}{% endmacro %}" + "{{ a() }}" * 101,
        "{% macro a() %}x{% endmacro %}{% for i in range(50000) %}{{ a() }}{{ a() }}{% endfor %}",
    ],
)
def test_an_endless_loop_ends(template: str) -> None:
    """Turns and calls of a row are counted."""
    assert _refusal(template) == Fault("--prompt", _STEPS, _SHORTER)


def test_ranges_have_an_end() -> None:
    """Jinja's own bound."""
    assert _refusal("{% for i in range(1000000000) %}{% endfor %}").message.startswith(f"{_FAILS}: Range too big.")


def test_a_macro_that_calls_itself_is_told() -> None:
    """As the slip that it is."""
    fault = _refusal("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}")
    assert fault == Fault("--prompt", f"{_FAILS}: a macro calls itself without end")


_DOUBLING = "{%% set ns = namespace(x=%s) %%}{%% for i in range(60) %%}%s{%% endfor %%}{{ ns.x }}"


@pytest.mark.parametrize(
    "template",
    [
        _DOUBLING % ("'aaaaaaaa'", "{% set ns.x = ns.x ~ ns.x %}"),
        _DOUBLING % ("'aaaaaaaa'", "{% set ns.x = ns.x + ns.x %}"),
        _DOUBLING % ("['aaaaaaaa']", "{% set ns.x = ns.x + ns.x %}"),
        _DOUBLING % ("'aaaaaaaa'", "{% set ns.x = [ns.x, ns.x] | join %}"),
        _DOUBLING % ("'aaaaaaaa'", "{% set ns.x = ns.x | replace('a', 'aa') %}"),
        _DOUBLING % ("'aaaaaaaa'", "{% set ns.x %}{{ ns.x }}{{ ns.x }}{% endset %}"),
        "{% set x %}{% for i in range(4000) %}{{ 'a' | center(9999) }}{% endfor %}{% endset %}{{ x }}",
        "{% macro m(x) %}{{ x }}{{ x }}{% endmacro %}" + _DOUBLING % ("'aaaaaaaa'", "{% set ns.x = m(ns.x) %}"),
        "{% for i in range(4000) %}{{ 'a' | center(9999) }}{% endfor %}",
    ],
)
def test_texts_do_not_grow_without_end(template: str) -> None:
    """However they are put together."""
    assert _refusal(template) == Fault("--prompt", _LONG, _SHORTER)


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("{{ 'a' * 1000000000 }}", "`*` is only for numbers"),
        ("{{ [1] * 1000000000 }}", "`*` is only for numbers"),
        ("{{ 10 ** 9 }}", "`**` is not known here"),
        ("{{ '%1000000000d' % 3 }}", "the format `%1000000000d` is too wide"),
        ("{{ '%*d' | format(1000000000, 3) }}", "the format `%*d` is too wide"),
        ("{{ '%1000000000d' | format(3) }}", "the format `%1000000000d` is too wide"),
        ("{{ name | center(2000000000) }}", "`2000000000` is too large for the filter `center`"),
        ("{{ name | indent(2000000000) }}", "`2000000000` is too large for the filter `indent`"),
        ("{{ [1] | batch(2000000000, 0) | list }}", "`2000000000` is too large for the filter `batch`"),
        ("{{ [1] | slice(slices=2000000000) | list }}", "`2000000000` is too large for the filter `slice`"),
        ("{{ row | tojson(2000000000) }}", "`2000000000` is too large for the filter `tojson`"),
        ("{{ row.items }}", "`items` is no text: call it with `()`"),
    ],
)
def test_what_would_be_too_much_is_refused_at_once(template: str, reason: str) -> None:
    """Before any memory is taken."""
    assert _refusal(template) == Fault("--prompt", f"{_FAILS}: {reason}")


@pytest.mark.parametrize(
    "method", ["center(9)", "ljust(9)", "zfill(9)", "format(1)", "replace('a', 'b')", "join(['a'])"]
)
def test_methods_that_grow_texts_are_left_to_filters(method: str) -> None:
    """Filters know bounds; Python's methods do not."""
    name = method.partition("(")[0]
    message = f"{_FAILS}: the method `{name}` is out of reach of a template; there may be a filter"
    assert _refusal(f"{{{{ name.{method} }}}}") == Fault("--prompt", message)


def test_numbers_do_not_grow_without_end() -> None:
    """Squares of squares fill a memory too."""
    template = (
        "{% set ns = namespace(x=9) %}{% for i in range(400) %}{% set ns.x = ns.x * ns.x %}{% endfor %}{{ ns.x }}"
    )
    assert _refusal(template) == Fault("--prompt", f"{_FAILS}: it multiplies beyond all numbers", _SHORTER)


def test_a_cell_that_is_no_number_is_told_how_to_become_one() -> None:
    """The commonest slip with a CSV."""
    assert _refusal("{{ n + 1 }}").hint == "a cell is text: `{{ name | int }}` makes it a number"
    assert _fill("{{ n | int + 1 }}", _ROW) == "8"


@pytest.mark.parametrize(
    "word", ["{% include 'x' %}", "{% import 'x' as y %}", "{% extends 'x' %}", "{% from 'x' import y %}"]
)
def test_a_template_reads_no_files(word: str) -> None:
    """Told when it is compiled, with its line."""
    with pytest.raises(UsageError) as caught:
        make_prompter(Reading(prompt=f"Hello\n{word}"))
    assert caught.value.message == "--prompt: line 2 of the template: it reads no other files"
    assert caught.value.hint == "put all of the text into one template"


def test_a_row_that_gets_no_text_is_told() -> None:
    """A condition without an else, a column that is empty."""
    assert _refusal("{% if name == 'Ben' %}hi{% endif %} ") == Fault(
        "--prompt", "gives no text for this row", "write what the model shall do for it too, or remove the row"
    )


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{{ 'Hello ' ~ name ~ '!' ~ empty ~ n }}", "Hello Ada!7"),
        (
            "{% for k in row.items() %}{{ loop.index }}/{{ loop.length }}{{ '.' if loop.last else ',' }}{% endfor %}",
            "1/4,2/4,3/4,4/4.",
        ),
        ("{{ '%.2f' | format(n | float) }} {{ '%s' % n }}", "7.00 7"),
        ("{{ [1, 2] | join(', ') }} {{ [{'a': 1}, {'a': 2}] | join('+', attribute='a') }}", "1, 2 1+2"),
        ("{{ name | replace('A', 'O') }} {{ 'aaa' | replace('a', 'b', 2) }}", "Oda bba"),
        ("{{ name | center(7) }}|{{ 'a\nb' | indent(2) }}", "  Ada  |a\n  b"),
        ("{{ {'it': \"it's <b> & ü\"} | tojson }}", '{"it": "it\'s <b> & ü"}'),
        ("{{ name.upper() }} {{ 'a,b'.split(',')[1] }} {{ name[0] }}", "ADA b A"),
        ("{% set x %}{{ name }}-{{ n }}{% endset %}{{ x | lower }}", "ada-7"),
        ("{% macro m(x) %}<{{ x }}>{% endmacro %}{{ m(name) }}{{ m(empty) }}", "<Ada><>"),
        ("{% for a in [1, 2, 3] if a != 2 %}{{ a ~ '.' }}{% else %}none{% endfor %}", "1.3."),
        ("{{ 2 * 3 + 1 }} {{ 7 % 4 }} {{ [1] + [2] }}", "7 3 [1, 2]"),
        ("{{ row | tojson(2) }}", json.dumps(dict(_ROW), indent=2)),
    ],
)
def test_what_templates_are_for_still_works(template: str, expected: str) -> None:
    """Loops, filters, macros and formats within the bounds."""
    assert _fill(template, _ROW) == expected


def test_each_row_is_counted_by_itself() -> None:
    """A template of 90,000 steps does so for every row."""
    prompter = make_prompter(Reading(prompt="{% for i in range(90000) %}{% endfor %}x"))
    assert prompter is not None
    assert [prompter.fill({}, _ROW) for _ in range(3)] == [[], [], []]


@given(st.text(alphabet="{}%|. _~*+()[]'\"ab19x\n", max_size=30))
def test_no_template_breaks_the_program(text: str) -> None:
    """It is refused as a template, or does something, or fails on the row: never with another error."""
    try:
        prompter = make_prompter(Reading(prompt=text))
    except UsageError:
        return
    assert prompter is not None
    assert isinstance(prompter.fill({}, _ROW), list)
