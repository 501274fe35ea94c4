"""What a plan says in words: what it assumes, what to beware of, what more quality would cost."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from math import ceil

import polars as pl

from modelroute_cli.base.money import PicoUSD, format_usd
from modelroute_cli.base.schema import HANDED_IN, TaskType
from modelroute_cli.catalog.cards import ModelCard
from modelroute_cli.catalog.settings import HedgeSettings
from modelroute_cli.planning.coupling import Budget, Floor, ShadowPrice
from modelroute_cli.planning.expect import Expectations, reasoning_source, reasoning_tokens
from modelroute_cli.planning.figures import count_requests, total
from modelroute_cli.planning.judging import Judged
from modelroute_cli.planning.optimize import Solution
from modelroute_cli.planning.plan import Totals
from modelroute_cli.planning.problem import Wanted
from modelroute_cli.planning.quality import UNMEASURED
from modelroute_cli.planning.totals import HardCap

_OWN = (Floor(0.0).name, Budget(PicoUSD(0)).name)  # of the whole job: `shadow_price` speaks of them
MAY_REACH = "the cost may reach"
_NEAR = 1.05  # the default cap lies near the end of the range: it is worth a word only where it is clearly below


def shadow_price(solution: Solution) -> str:
    """What the last point of quality, or the next dollar, is worth."""
    if solution.point_pusd is None:
        return "no allowed model would give more quality"
    if solution.point_pusd == 0 and solution.bound_cost_pusd is not None:
        return "the asked quality costs nothing: the cheapest plan within the other limits has it"
    price = format_usd(solution.point_pusd, estimate=True)
    if solution.bound_cost_pusd is None:
        return f"raising `--max-cost` by {price} would buy one more point of mean quality (0.01)"
    return f"one more point of mean quality (0.01) would cost {price}"


def limit_prices(solution: Solution, wanted: Wanted) -> tuple[str, ...]:
    """What each limit that holds the plan back costs: a floor of a task type, or what an account can take."""
    known = {each.name: each for each in solution.prices if each.is_tight and each.price > 0}
    accounts = {*(account.name for account in wanted.accounts), *(queue.name for queue in wanted.queues)}
    say = _costs if solution.bound_cost_pusd is not None else _lowers
    return tuple(say(each, is_account=name in accounts) for name, each in known.items() if name not in _OWN)


def _costs(price: ShadowPrice, *, is_account: bool) -> str:
    """What a limit of the cheapest plan costs; a tenth more of an account is an estimate at the margin."""
    tenths = price.limit / 10 if is_account else 1
    amount = format_usd(PicoUSD(ceil(price.price * tenths)), estimate=True)
    if is_account:
        return f"10% more {price.name} until the deadline would save {amount}"
    return f"one more point of {price.name} (0.01) would cost {amount}"


def _lowers(price: ShadowPrice, *, is_account: bool) -> str:
    """The same where quality was made as high as the money allows."""
    if is_account:
        gained = price.price * price.limit / 10
        return f"10% more {price.name} until the deadline would raise the mean quality by ~{gained:.2g}"
    return f"one more point of {price.name} (0.01) would lower that of the whole job by ~{price.price:.2g}"


def assumption_texts(
    known: Expectations,
    cards: Iterable[ModelCard],
    tasks: Iterable[TaskType],
    quality: str = UNMEASURED,
    *,
    escalates: bool = False,
) -> tuple[str, ...]:
    """What the projection rests on: quality, lengths, the hidden reasoning of each model, and what is left out."""
    used = sorted(tasks)
    thinking = [text for card in cards if (text := _reasoning_text(known, card, used)) is not None]
    off = f"{known.lengths.shared_error:.0%} off"
    return (
        f"quality is {quality}",
        f"visible output: the length a prompt asks for, else a mean by task type; a batch's mean may be {off}",
        *thinking,
        *([f"hidden reasoning may be {known.reasoning.shared_error:.0%} off"] if thinking else []),
        f"not in the projection: retries and {'other ' if escalates else ''}escalations",
    )


def hedge_texts(hedge: HedgeSettings, totals: Totals) -> tuple[str, ...]:
    """What asking slow requests twice may add to the projection; nothing where it is off."""
    if not hedge.most:
        return ()
    most = format_usd(PicoUSD(ceil(totals.cost_pusd * Fraction(str(hedge.most)))), estimate=True)
    return (f"not in the projection: slow requests asked twice, at most {hedge.most:.1%} of all, which may add {most}",)


def _reasoning_text(known: Expectations, card: ModelCard, tasks: list[TaskType]) -> str | None:
    """A model's effort and what it is taken to think on this job; None when it does not think."""
    tokens = [reasoning_tokens(known, card, task) for task in tasks]
    if not any(tokens):
        return None
    span = f"{min(tokens):,}" if min(tokens) == max(tokens) else f"{min(tokens):,} to {max(tokens):,}"
    effort = f"effort `{card.effort}`" if card.effort else "its provider's default effort"
    return f"{card.name} at {effort}: {span} hidden reasoning tokens a request ({reasoning_source(known, card)})"


def cap_warnings(portions: pl.DataFrame, totals: Totals, cap: HardCap) -> tuple[str, ...]:
    """Where the hard cap may stop the run before its end."""
    found = []
    most = format_usd(cap.cap_pusd)
    too_dear = int(portions["requests"].filter(portions["cost_high_pusd"] > cap.cap_pusd).sum())
    if too_dear:
        found.append(
            f"{count_requests(too_dear)} could cost more than the hard cap of {most} in one attempt, "
            "and would not be sent: raise `--max-cost`"
        )
    return (*found, *range_warnings(totals, cap.cap_pusd))


def range_warnings(totals: Totals, cap_pusd: PicoUSD) -> tuple[str, ...]:
    """That the high end of the projected cost is at the hard cap or above it."""
    if totals.cost_range_pusd <= cap_pusd * _NEAR:
        return ()
    reached = format_usd(totals.cost_range_pusd, estimate=True)
    text = f"the hard cap of {format_usd(cap_pusd)} stops the run before that, and it can be resumed with a higher one"
    return (f"{MAY_REACH} {reached}; {text}",)


def reserve_warnings(portions: pl.DataFrame, cap: HardCap) -> tuple[str, ...]:
    """Where the hard cap has no room for all that is handed in at a time: waiting then takes longer."""
    waiting = portions.filter(pl.col("service_tier").cast(pl.String).is_in(sorted(HANDED_IN)))
    most = total(waiting["cost_high_pusd"], waiting["requests"])
    if most <= cap.cap_pusd:
        return ()
    most_text, cap_text = format_usd(most), format_usd(cap.cap_pusd)
    count = count_requests(int(waiting["requests"].sum()))
    found = f"{count} handed in can cost {most_text}, more than the hard cap of {cap_text}: they are handed in"
    return (f"{found} one part after the other, and what is not answered in time goes at the standard tier",)


def free_warnings(paid: list[str], cap: HardCap) -> tuple[str, ...]:
    """Where a plan costs nothing, and its cap keeps failed gates from models that are `paid` for."""
    if cap.cap_pusd or not paid:
        return ()
    names = ", ".join(f"`{name}`" for name in paid)
    why = f"the plan costs nothing, so its hard cap of $0.00 lets no failed gate go to {names}"
    return (f"{why}: say how much that may cost with `--max-cost`",)


def unjudged_warnings(judged: Judged) -> tuple[str, ...]:
    """Answers that have a judge gate, and no judge."""
    if not judged.unjudged:
        return ()
    count = count_requests(judged.unjudged)
    return (f"the answers to {count} pass unjudged: no judge is left but what wrote them, or none can read them",)


def ended_warnings(allowed: pl.DataFrame, ends: Mapping[str, str | None]) -> tuple[str, ...]:
    """Allowed models that were left out because their provider has ended them."""
    ended = allowed.filter(pl.col("problem") == "ended")["model"].unique().sort().to_list()
    return tuple(f"`{model}` was switched off on {ends[model]} and is left out" for model in ended)
