"""The answers of a pilot as its journal holds them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from modelroute_cli.execution.journal_answers import KeptAnswer, kept_answers
from modelroute_cli.pilot.design import Design, Pair, TemplatePart
from modelroute_cli.pilot.scorers.answers import Answer


@dataclass(frozen=True, slots=True)
class Gathered:
    """A pair that a model answered, and its answer; `own_row` is its row in the pilot's own job file."""

    own_row: int
    pair: Pair
    answer: Answer


def gathered(journal: Path, design: Design) -> Iterator[Gathered]:
    """Every pair that was answered, in the order of the pilot's job file.

    One whose attempts all ended without an answer is left out: what the model is worth there is unknown. StorageError.
    """
    parts = {part.template: part for part in design.parts}
    pairs, ids = tuple(design.pairs()), design.ids()
    for kept in kept_answers(journal):
        pair = pairs[kept.row]
        yield Gathered(kept.row, pair, _answer(kept, ids[pair.row], pair, parts[pair.template]))


def _answer(kept: KeptAnswer, custom_id: str, pair: Pair, part: TemplatePart) -> Answer:
    return Answer(
        custom_id=custom_id,
        template=pair.template,
        task_type=part.task_type,
        language=part.language,
        model=pair.model,
        output=kept.output,
        model_served=kept.model_served,
        passed=kept.passed,
        gate=None if kept.passed else kept.gate,
        cost_pusd=kept.cost_pusd,
        input_tokens=kept.input_tokens,
        output_tokens=kept.output_tokens,
        emulated=kept.emulated,
    )
