"""What screens say of scorers and judges, in plain words."""

from collections import Counter
from collections.abc import Iterator, Sequence

from modelroute_cli.pilot.observation import Observation
from modelroute_cli.pilot.scorers.bias import Bias, Corrected, bias, corrected_difference, corrected_interval
from modelroute_cli.pilot.scorers.choose import ScorerKind, kind_of, one_scale
from modelroute_cli.pilot.scorers.judge import NotJudged
from modelroute_cli.pilot.scorers.verdicts import Judgement, PlaceBias

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
    """What labels say of the scorers that looked at the same answers, and of models once a judge's bias is taken out.

    Comparisons with the baseline are on a scale of their own: theirs are corrected, and not held against labels.
    """
    by_scorer: dict[str, list[Observation]] = {}
    for each in seen:
        by_scorer.setdefault(each.scorer, []).append(each)
    found = (_checked(scorer, by_scorer[scorer], labels, baseline) for scorer in sorted(by_scorer))
    return tuple(line for lines in found for line in lines)


def _checked(scorer: str, scored: Sequence[Observation], labels: Sequence[Observation], baseline: str) -> Iterator[str]:
    """What labels say of one scorer."""
    kind = kind_of(scorer)
    told = None if kind is ScorerKind.PAIRWISE else bias(scored, labels)
    if told is not None:
        yield bias_line(scorer.partition(":")[2] or scorer, told)
    for model in sorted({each.model for each in scored} - {baseline}) if kind in _JUDGES else ():
        difference = corrected_difference(scored, labels, model, baseline)
        if difference is not None:
            yield corrected_line(f"{model} less {baseline}", difference)


def set_aside_line(seen: Sequence[Observation], labels: Sequence[Observation], baseline: str) -> str | None:
    """How many labels count for nothing beside what other scorers said, and what to do; None where all count."""
    kept = one_scale((*seen, *labels), baseline).kept
    count = len(labels) - sum(each.scorer == ScorerKind.LABELS for each in kept)
    if not count:
        return None
    return (
        f"{count:,} of {_count(len(labels), 'label')} set aside: a label counts beside one of {baseline} for the same "
        "request, and in a template that a judge compared, once most of its requests are labelled"
    )


def bias_line(scorer: str, bias: Bias) -> str:
    """How far a scorer is from people."""
    gap = bias.mean_difference
    error = "" if bias.standard_error is None else f" (standard error {bias.standard_error:.2f})"
    how = f"{abs(gap):.2f} {'more' if gap > 0 else 'less'} than people" if abs(gap) >= _SHOWN else "as much as people"
    seen = f"{_count(bias.n, 'answer')} to {_count(bias.requests, 'request')}"
    return f"{scorer} gives {how}{error} and agrees with them on {bias.agreement:.0%}, by {seen} that both looked at"


def corrected_line(what: str, found: Corrected) -> str:
    """The mean of a difference with the judge's bias taken out; `what` says of what."""
    interval = corrected_interval(found, _LEVEL)
    around = "" if interval is None else f", 90% interval {interval.low:+.2f} to {interval.high:+.2f}"
    seen = f"{_count(found.labelled, 'label')} of {_count(found.judged, 'judged request')}"
    return f"{what}: {found.mean:+.2f} once the judge's bias is taken out{around} ({seen})"


def judgement_lines(judge: str, found: Judgement) -> tuple[str, ...]:
    """What is wrong with a judge's verdicts: what hung on the order, what has none; nothing where all is well."""
    place = place_line(judge, found.place) if found.place is not None and found.place.flipped else None
    return (*filter(None, [place]), *not_judged_lines(found.not_judged))


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
