"""What screens say of scorers and judges, in plain words."""

from collections import Counter
from collections.abc import Iterator, Sequence

from modelroute_cli.pilot.observation import Observation
from modelroute_cli.pilot.scorers.bias import Bias, Corrected, bias, corrected_difference, corrected_interval
from modelroute_cli.pilot.scorers.choose import ScorerKind, kind_of
from modelroute_cli.pilot.scorers.judge import NotJudged
from modelroute_cli.pilot.scorers.verdicts import PlaceBias

_LEVEL = 0.9
_JUDGES = frozenset((ScorerKind.JUDGE, ScorerKind.PAIRWISE))
_LITTLE_USE = 1 / 3  # of comparisons that hang on the order: such a judge says little
_SHOWN = 0.005  # of a difference: less is none
_VS = " vs "


def scorer_words(scorer: str) -> str:
    """What a quality by this scorer means; ValueError for none of ours."""
    kind, of = kind_of(scorer), scorer.partition(":")[2]
    match kind:
        case ScorerKind.LABELS:
            return "as people say"
        case ScorerKind.COMMAND:
            return "as your command says"
        case ScorerKind.EXPECTED:
            return "right by `expected`"
        case ScorerKind.JUDGE:
            return f"as {of} judges"
        case ScorerKind.PAIRWISE:
            judge, _, baseline = of.rpartition(_VS)
            return f"beside {baseline} (0.5 is as good), as {judge} judges"
        case ScorerKind.GATES:
            return "usable, as the gates say: not how good"


def checked_lines(seen: Sequence[Observation], labels: Sequence[Observation], baseline: str) -> tuple[str, ...]:
    """What labels say of the judges among those who scored the same answers, and of models once that is taken out.

    A rubric is compared answer by answer; comparisons are on a scale of their own, so theirs are only corrected.
    """
    judges = sorted({each.scorer for each in seen if kind_of(each.scorer) in _JUDGES})
    return tuple(
        line
        for scorer in judges
        for line in _checked(scorer, [each for each in seen if each.scorer == scorer], labels, baseline)
    )


def _checked(scorer: str, judged: Sequence[Observation], labels: Sequence[Observation], baseline: str) -> Iterator[str]:
    """What labels say of one judge."""
    name = scorer.partition(":")[2].rpartition(_VS)[0] or scorer.partition(":")[2]
    found = bias(judged, labels) if kind_of(scorer) is ScorerKind.JUDGE else None
    if found is not None:
        yield bias_line(name, found)
    for model in sorted({each.model for each in judged} - {baseline}):
        difference = corrected_difference(judged, labels, model, baseline)
        if difference is not None:
            yield corrected_line(f"{model} less {baseline}", difference)


def bias_line(judge: str, bias: Bias) -> str:
    """How far a judge is from people."""
    gap = bias.mean_difference
    error = "" if bias.standard_error is None else f" (standard error {bias.standard_error:.2f})"
    how = f"{abs(gap):.2f} {'more' if gap > 0 else 'less'} than people" if abs(gap) >= _SHOWN else "as much as people"
    seen = f"{_count(bias.n, 'answer')} to {_count(bias.requests, 'request')}"
    return f"{judge} gives {how}{error} and agrees with them on {bias.agreement:.0%}, by {seen} that both looked at"


def corrected_line(what: str, found: Corrected) -> str:
    """The mean of a difference with the judge's bias taken out; `what` says of what."""
    interval = corrected_interval(found, _LEVEL)
    around = "" if interval is None else f", 90% interval {interval.low:+.2f} to {interval.high:+.2f}"
    seen = f"{_count(found.labelled, 'label')} of {_count(found.judged, 'judged request')}"
    return f"{what}: {found.mean:+.2f} once the judge's bias is taken out{around} ({seen})"


def place_line(judge: str, place: PlaceBias) -> str | None:
    """How many comparisons went to a place instead of an answer; None where nothing was compared."""
    if place.flipped is None:
        return None
    hang = place.to_first + place.to_second
    told = f"{judge}: {hang:,} of {_count(place.pairs, 'comparison')} went to a place, not to an answer"
    first = f" ({place.to_first:,} to the first)" if hang else ""
    return f"{told}{first}{'; it is of little use for these answers' if place.flipped > _LITTLE_USE else ''}"


def not_judged_lines(left: Sequence[NotJudged]) -> tuple[str, ...]:
    """How many answers have no verdict, by reason, the most frequent first."""
    reasons = sorted(Counter(each.why for each in left).items(), key=lambda item: (-item[1], item[0]))
    return tuple(f"{_count(count, 'answer')} not judged: {why}" for why, count in reasons)


def _count(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
