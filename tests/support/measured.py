"""Observations and rows of a history, as tests need them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from hypothesis import strategies as st

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import TaskType
from modelroute_cli.pilot.history.sums import Part, Source, Sums, summed
from modelroute_cli.pilot.observation import Observation

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
EMAIL = "email-en-1234abcd"


def part(run: str = "k3f9", source: Source = "pilot", at: datetime = NOON, baseline: str = "gpt-5") -> Part:
    """What a run recorded."""
    return Part(run=run, source=source, baseline=baseline, at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What observations have in common."""

    template: str = EMAIL
    task_type: TaskType = TaskType.EMAIL
    language: str = "en"
    scorer: str = "expected"
    served: str | None = None
    emulated: bool = False


MAIL = About()


def observed(model: str, qualities: Iterable[float], about: About = MAIL, first: int = 0) -> list[Observation]:
    """A model's answers to the requests `r0`, `r1`, ... with these qualities, of 100 tokens and 0.01 cent each."""
    return [
        Observation(
            custom_id=f"r{number}",
            template=about.template,
            task_type=about.task_type,
            language=about.language,
            model=model,
            quality=quality,
            scorer=about.scorer,
            model_served=about.served,
            cost_pusd=PicoUSD(10**8),
            output_tokens=100,
            emulated=about.emulated,
        )
        for number, quality in enumerate(qualities, start=first)
    ]


def row(model: str, qualities: Sequence[float], of: Part | None = None, about: About = MAIL) -> Sums:
    """The sums of one model without a baseline beside it."""
    (found,) = summed(observed(model, qualities, about), of or part())
    return found


def day(text: str) -> datetime:
    """Noon of a day."""
    return datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC).replace(hour=12)


qualities = st.floats(0, 1, allow_nan=False)


@st.composite
def observations(draw: st.DrawFn, most: int = 12) -> list[Observation]:
    """Measurements of a few requests on a few models by a few scorers, some of them answered twice."""
    count = draw(st.integers(0, most))
    return [_drawn(draw) for _ in range(count)]


def _drawn(draw: st.DrawFn) -> Observation:
    about = About(
        template=draw(st.sampled_from([EMAIL, "math-en-0000ffff"])),
        scorer=draw(st.sampled_from(["expected", "gates"])),
        served=draw(st.sampled_from([None, "v1", "v2"])),
        emulated=draw(st.booleans()),
    )
    model = draw(st.sampled_from(["gpt-5", "gpt-6-luna", "deepseek-flash"]))
    first = 0 if about.template == EMAIL else 10  # a request is of one template
    (found,) = observed(model, [draw(qualities)], about, first + draw(st.integers(0, 3)))
    return found
