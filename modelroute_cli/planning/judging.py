"""What judges are expected to cost: each answer that is judged is a request of our own to the judge's model.

It holds the request, the answer and our instructions, and asks for a short verdict. Every answer is taken to pass the
other gates; answers of escalations are not in it, as escalations are not in the plan.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from math import ceil

import polars as pl

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import JudgeRule, Need, Request, TaskType, Usage
from modelroute_cli.catalog.prices import cost
from modelroute_cli.features.tokens import count_o200k
from modelroute_cli.planning.bench import Bench, Seat
from modelroute_cli.planning.figures import total
from modelroute_cli.planning.judge_prompt import (
    EXPECTED_OUTPUT_TOKENS,
    MOST_OUTPUT_TOKENS,
    JudgeQuestion,
    judge_request,
    schema_text,
)
from modelroute_cli.planning.offers import Outlook, Terms
from modelroute_cli.planning.plan import JudgeTerms, Judging
from modelroute_cli.planning.quotes import quote
from modelroute_cli.planning.tables import by_task

_READ = sum(need.bit for need in (Need.IMAGE, Need.AUDIO, Need.FILE, Need.LINKED, Need.FETCHED))
_BYTES_A_TOKEN = 6  # at most, over whole texts: a reservation counts bytes
_FRAME_BYTES = 4_096  # of instructions, marks and schema


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What judging comes to; `unjudged` answers have no judge that may and can look at them."""

    lines: tuple[Judging, ...] = ()
    rooms: Mapping[str, JudgeTerms] = field(default_factory=dict)
    unjudged: int = 0

    @property
    def cost_pusd(self) -> PicoUSD:
        """Expected, in sum."""
        return PicoUSD(sum(line.cost_pusd for line in self.lines))


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers that a plan expects: QUOTES of its portions, their kinds, and the terms of those who write them."""

    given: pl.DataFrame
    kinds: pl.DataFrame
    writers: Mapping[str, Terms]


def judging(answers: Answers, bench: Bench, outlook: Outlook) -> Judged:
    """What the judges of a bench are expected to be asked, and cost."""
    if not bench.seats:
        return Judged()
    own = answers.kinds["judge"].gather(answers.given["kind"])
    given = answers.given.with_columns(own.alias("judge"))
    lines: list[Judging] = []
    rooms: dict[str, JudgeTerms] = {}
    unjudged = 0
    for seat in bench.seats:
        held = given.filter((pl.col("rule") == seat.rule) & pl.col("judge").eq_missing(pl.lit(seat.own, pl.String)))
        found = _of_seat(Answers(held, answers.kinds, answers.writers), seat, bench, outlook)
        lines += found.lines
        rooms |= found.rooms
        unjudged += found.unjudged
    return Judged(lines=_by_model(lines), rooms=rooms, unjudged=unjudged)


def _of_seat(answers: Answers, seat: Seat, bench: Bench, outlook: Outlook) -> Judged:
    """What one gate comes to: each answer goes to the first judge that may and can look at it."""
    asked = _asked(answers, seat.gate)
    left = pl.repeat(value=True, n=asked.height, eager=True)
    lines, rooms = [], {}
    for name in bench.models[seat.rule][seat.gate.model]:
        terms = bench.terms[name]
        quotes = quote(asked, terms, outlook)
        rooms[name] = JudgeTerms(
            output_tokens=_most(quotes["output_tokens"]) or EXPECTED_OUTPUT_TOKENS,
            max_tokens=_most(quotes["max_tokens"]) or MOST_OUTPUT_TOKENS,
        )
        able = quotes["problem"].is_null() & (_bases(answers) != terms.card.base_model)
        mine = left & able
        if mine.any():
            lines.append(
                _line(quotes.filter(mine), answers.given["requests"].filter(mine), seat.gate, (terms, outlook))
            )
        left = left & ~able
    return Judged(lines=tuple(lines), rooms=rooms, unjudged=int(answers.given["requests"].filter(left).sum()))


def _asked(answers: Answers, gate: JudgeRule) -> pl.DataFrame:
    """The questions about all answers, as rows that can be quoted."""
    pairwise = gate.mode == "pairwise"
    shown = 2 if pairwise else 1  # the reference is taken to be as long as the answer
    visible = answers.given["output_tokens"] - answers.given["reasoning_tokens"]
    ratios = {name: terms.family.ratio for name, terms in answers.writers.items()}
    plain = visible / answers.given["model"].replace_strict(ratios, return_dtype=pl.Float64)
    kinds = answers.kinds[answers.given["kind"]].with_columns(plain.ceil().cast(pl.Int64).alias("answer_tokens"))
    return kinds.with_columns(
        (pl.col("input_tokens") + shown * pl.col("answer_tokens") + by_task(partial(_frame_tokens, gate))).alias(
            "input_tokens"
        ),
        (pl.col("needs") & _READ).cast(pl.UInt16),
        pl.lit(2, pl.Int64).alias("message_count"),
        pl.lit(value=True).alias("has_schema"),
        pl.lit(count_o200k([schema_text(gate)])[0], pl.Int64).alias("schema_tokens"),
        pl.lit(EXPECTED_OUTPUT_TOKENS, pl.Int64).alias("length_hint_tokens"),
        pl.lit(MOST_OUTPUT_TOKENS, pl.Int64).alias("max_output_tokens"),
        pl.lit(None, pl.Float64).alias("min_quality"),
        pl.lit(None, pl.Int64).alias("prefix"),
        pl.lit(0, pl.Int64).alias("prefix_tokens"),
        pl.lit(TaskType.CLASSIFICATION.value, kinds.schema["task_type"]).alias("task_type"),
    )


def _frame_tokens(gate: JudgeRule, task: TaskType) -> int:
    """O200k tokens of a question beside the texts that it is about."""
    empty = Request(custom_id="x", prompt="x", expected="x")
    question = judge_request(empty, "x", JudgeQuestion(rule=gate, task_type=task))
    return sum(count_o200k([turn.content for turn in question.turns()]))


def _bases(answers: Answers) -> pl.Series:
    """The weights that write each answer."""
    bases = {name: terms.card.base_model for name, terms in answers.writers.items()}
    return answers.given["model"].replace_strict(bases, return_dtype=pl.String)


def _line(quotes: pl.DataFrame, requests: pl.Series, gate: JudgeRule, asked: tuple[Terms, Outlook]) -> Judging:
    """What one judge of a gate is asked about these answers, of which the gate wants a share."""
    terms, outlook = asked
    calls = 2 if gate.mode == "pairwise" else 1
    share = Fraction(str(gate.share))

    def summed(name: str, times: int = calls) -> int:
        return ceil(total(quotes[name], requests) * share * times)

    answers = ceil(int(requests.sum()) * share)
    most_input = _most(quotes["input_tokens"]) * _BYTES_A_TOKEN + _FRAME_BYTES
    most = Usage(input_tokens=most_input, output_tokens=_most(quotes["max_tokens"]))
    return Judging(
        model=terms.card.name,
        answers=answers,
        calls=calls * answers,
        input_tokens=summed("input_tokens"),
        output_tokens=summed("output_tokens"),
        cost_pusd=PicoUSD(summed("cost_pusd")),
        cost_low_pusd=PicoUSD(summed("cost_low_pusd")),
        cost_range_pusd=PicoUSD(summed("cost_range_pusd")),
        cost_high_pusd=cost(terms.dearest, most, outlook.at),
    )


def _by_model(lines: Iterable[Judging]) -> tuple[Judging, ...]:
    """One line for each judge, by name."""
    found: dict[str, Judging] = {}
    for line in lines:
        found[line.model] = _both(found[line.model], line) if line.model in found else line
    return tuple(found[name] for name in sorted(found))


def _both(one: Judging, other: Judging) -> Judging:
    """Two lines of one judge."""
    return Judging(
        model=one.model,
        answers=one.answers + other.answers,
        calls=one.calls + other.calls,
        input_tokens=one.input_tokens + other.input_tokens,
        output_tokens=one.output_tokens + other.output_tokens,
        cost_pusd=PicoUSD(one.cost_pusd + other.cost_pusd),
        cost_low_pusd=PicoUSD(one.cost_low_pusd + other.cost_low_pusd),
        cost_range_pusd=PicoUSD(one.cost_range_pusd + other.cost_range_pusd),
        cost_high_pusd=PicoUSD(max(one.cost_high_pusd, other.cost_high_pusd)),
    )


def _most(column: pl.Series) -> int:
    """The largest of a column, 0 of an empty one."""
    return max(column.to_list(), default=0)
