"""One answer of a pilot, before anybody said what it is worth."""

from msgspec import Struct

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import TaskType
from modelroute_cli.pilot.observation import Observation


class Answer(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """What one model answered to one request; its text is as hostile as any model's output."""

    custom_id: str
    template: str
    task_type: TaskType
    language: str
    model: str  # as it was asked, a name of the catalog
    output: str  # as it goes into the results; "" where a model said nothing
    model_served: str | None = None  # as the provider names it; None: it does not say
    passed: bool | None = None  # what the gates said; None: nothing looked
    gate: str | None = None  # the gate that failed; None: none did
    cost_pusd: PicoUSD | None = None  # of the answer alone; None: unknown
    input_tokens: int | None = None
    output_tokens: int | None = None  # hidden reasoning with it
    emulated: bool = False


def observed(answer: Answer, quality: float, scorer: str) -> Observation:
    """The answer as a measurement: `quality` in [0,1] and the `scorer` that gave it; the text is left behind."""
    return Observation(
        custom_id=answer.custom_id,
        template=answer.template,
        task_type=answer.task_type,
        language=answer.language,
        model=answer.model,
        quality=quality,
        scorer=scorer,
        model_served=answer.model_served,
        passed=answer.passed,
        cost_pusd=answer.cost_pusd,
        input_tokens=answer.input_tokens,
        output_tokens=answer.output_tokens,
        emulated=answer.emulated,
    )
