from modelroute_cli.jobs.columns import asks, column_faults, is_known
from modelroute_cli.jobs.problems import Fault
from modelroute_cli.jobs.prompt_template import make_prompter
from modelroute_cli.jobs.reading import Reading


def test_fields_and_keys_of_metadata_are_known() -> None:
    """A template with a prompt takes any column, one of a system message those it names."""
    system = make_prompter(Reading(system="{{ tone }}"))
    assert [is_known(name) for name in ("prompt", "metadata.x", "expected", "tone")] == [True, True, True, False]
    assert [is_known(name) for name in ("cost_center", "cost_centre", "cost")] == [True, True, False]
    assert [is_known(name, system) for name in ("tone", "tune")] == [True, False]
    assert is_known("tune", make_prompter(Reading(prompt="x")))


def test_a_table_asks_by_prompt_messages_or_template() -> None:
    """Else there is nothing to send."""
    assert asks(["prompt"], None)
    assert asks(["messages"], None)
    assert asks(["body"], make_prompter(Reading(prompt="{{ body }}")))
    assert not asks(["body"], make_prompter(Reading(system="{{ body }}")))


def test_all_that_is_wrong_with_a_header_is_told() -> None:
    """Nameless, doubled and unknown columns, and those a template misses."""
    prompter = make_prompter(Reading(system="{{ tone }}"))
    assert column_faults(["prompt", "", "tune", "prompt", "modle"], prompter) == [
        Fault("--system", "there is no column `tone`", "did you mean `tune`?"),
        Fault(None, "column 2 has no name", "name it or remove it"),
        Fault("prompt", "names two columns", "remove one"),
        Fault("tune", "is no field", column_faults(["prompt", "tune"], None)[0].hint),
        Fault("modle", "is no field", "did you mean `model`?"),
    ]
