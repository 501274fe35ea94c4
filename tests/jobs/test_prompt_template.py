import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelroute_cli.base.errors import UsageError
from modelroute_cli.jobs.problems import Fault
from modelroute_cli.jobs.prompt_template import Prompter, make_prompter
from modelroute_cli.jobs.reading import Reading


def _prompter(prompt: str | None = None, system: str | None = None) -> Prompter:
    made = make_prompter(Reading(prompt=prompt, system=system))
    assert made is not None
    return made


def _prompt(template: str, **values: object) -> object:
    row: dict[str, object] = {}
    faults = _prompter(template).fill(row, values)
    return faults or row["prompt"]


def test_without_templates_nothing_is_made() -> None:
    """Most job files have their prompts."""
    assert make_prompter(Reading(ignore_models=True)) is None


@pytest.mark.parametrize(
    ("template", "values", "expected"),
    [
        ("Sum up: {{ text }}", {"text": "a < b & c"}, "Sum up: a < b & c"),
        ("{% if city %}in {{ city }}{% else %}nowhere{% endif %}", {"city": ""}, "nowhere"),
        ("{% for tag in tags %}{{ tag | upper }} {% endfor %}", {"tags": ["a", "b"]}, "A B "),
        ('{{ row["Order no."] }}', {"Order no.": 7}, "7"),
        ("[{{ gone }}]", {"gone": None}, "[]"),
        ("{{ price * 2 }}", {"price": 3}, "6"),
        ("{{ city | default('Rome') }}", {}, "Rome"),
        ("{% if city is defined %}{{ city }}{% endif %}x", {}, "x"),
        ("{{ text }}\n", {"text": "x"}, "x"),
    ],
)
def test_a_template_writes_what_its_columns_hold(template: str, values: dict[str, object], expected: str) -> None:
    """Text as it is, without escaping; a null is no text."""
    assert _prompt(template, **values) == expected


def test_a_missing_column_is_named_with_the_nearest() -> None:
    """For a table at its header, for JSONL at its row."""
    fault = Fault("--prompt", "there is no column `nmae`", "did you mean `name`?")
    assert _prompter("Hello {{ nmae }}").missing(["name", "city"]) == [fault]
    assert _prompt("Hello {{ nmae }}", name="Ada", city="Rome") == [fault]
    assert _prompt('{{ row["nmae"] }}', name="Ada") == [fault]


def test_a_name_that_is_asked_for_first_may_be_missing() -> None:
    """`is defined` and `default` are how a template says so; globals are no columns."""
    prompter = _prompter("{{ a | default('x') }}{% if b is defined %}{{ b }}{% endif %}{{ range(2) | list }}{{ row }}")
    assert prompter.missing(["c"]) == []


def test_a_system_template_fills_only_rows_without_one() -> None:
    """What a row says itself stands."""
    prompter = _prompter(system="Answer in {{ language }}.")
    rows: list[dict[str, object]] = [{}, {"system": "Be kind"}]
    for row in rows:
        assert prompter.fill(row, {"language": "German"}) == []
    assert [row["system"] for row in rows] == ["Answer in German.", "Be kind"]
    assert not prompter.prompts
    assert prompter.takes("language")
    assert not prompter.takes("langauge")


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{{ ''.__class__.__mro__ }}", "--prompt"),
        ("{{ x.__init__.__globals__ }}", "--prompt"),
        ("{{ 'a' * 10000000000 }}", "--prompt"),
        ("{{ 9 ** 99999999 }}", "--prompt"),
        ("{{ range(10000000) | list }}", "--prompt"),
        ("{{ x.append(1) }}", "--prompt"),
        ("{{ 1 / 0 }}", "--prompt"),
    ],
)
def test_the_sandbox_holds(template: str, said: str) -> None:
    """No way to Python, none to fill the memory; a failing template is a fault of its row."""
    faults = _prompt(template, x=[1])
    assert isinstance(faults, list)
    assert [fault.field for fault in faults] == [said]


@pytest.mark.parametrize("template", ["{{ lipsum() }}", "{{ [1, 2] | random }}", "{% include 'a' %}"])
def test_nothing_random_and_no_file_is_at_hand(template: str) -> None:
    """The same rows give the same prompts on every machine."""
    try:
        prompter = _prompter(template)
    except UsageError as error:
        assert error.message.startswith("--prompt: line 1 of the template")  # noqa: PT017 - either way it is refused
        return
    assert prompter.fill({}, {}) != []


def test_a_broken_template_names_its_line() -> None:
    """Before any row is read."""
    with pytest.raises(UsageError) as caught:
        _prompter("ok\n{{ name")
    assert caught.value.message.startswith("--prompt: line 2 of the template: ")
    assert caught.value.hint == "columns are written `{{ name }}`; see docs/job-file.md"


@settings(max_examples=50, deadline=None)
@given(text=st.text().filter(str.strip))
def test_cells_are_never_templates(text: str) -> None:
    """Braces in a cell are text: a row cannot run anything."""
    assert _prompt("{{ text }}", text=text) == text
