"""What of an answer becomes a measurement."""

from support.pilot_answers import answer

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.pilot.observation import Observation
from modelroute_cli.pilot.scorers.answers import Answer, observed


def test_an_observation_has_every_field_that_an_answer_shares_with_it() -> None:
    """Who adds a field to both adds it here: none is left at its default."""
    told = Answer(
        custom_id="r1",
        template="t2",
        task_type=answer().task_type,
        language="de",
        model="m",
        output="text",
        model_served="m-0613",
        passed=False,
        gate="length",
        cost_pusd=PicoUSD(7),
        input_tokens=3,
        output_tokens=4,
        emulated=True,
    )
    seen = observed(told, 0.25, "labels")
    shared = set(Answer.__struct_fields__) & set(Observation.__struct_fields__)
    assert {name: getattr(seen, name) for name in shared} == {name: getattr(told, name) for name in shared}
    assert (seen.quality, seen.scorer) == (0.25, "labels")
    assert set(Observation.__struct_fields__) - shared == {"quality", "scorer"}
