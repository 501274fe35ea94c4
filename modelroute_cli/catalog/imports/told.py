"""What an import says it left out: counted by reason, and one by one where models were asked for by name."""

from collections import Counter
from collections.abc import Iterable, Sequence

from modelroute_cli.catalog.imports.found import LeftOut

_UNKNOWN = "provider `"
_MOST_NAMED = 3
_MOST_LINES = 20


def told_by_name(left_out: Sequence[LeftOut]) -> tuple[str, ...]:
    """One line a model, the first twenty of them; those of providers that are not known in one."""
    named = [item for item in left_out if not item.reason.startswith(_UNKNOWN)]
    elsewhere = told_by_reason(item for item in left_out if item.reason.startswith(_UNKNOWN))
    lines = [f"left out `{item.listed}`: {item.reason}" for item in named[:_MOST_LINES]]
    rest = len(named) - _MOST_LINES
    return (*lines, *([f"and {rest:,} more"] if rest > 0 else []), *elsewhere)


def told_by_reason(left_out: Iterable[LeftOut]) -> tuple[str, ...]:
    """One line a reason, the most frequent first; providers that are not known share one."""
    left_out = list(left_out)
    unknown = Counter(item.reason.split("`")[1] for item in left_out if item.reason.startswith(_UNKNOWN))
    reasons = Counter(item.reason for item in left_out if not item.reason.startswith(_UNKNOWN))
    lines = [(count, f"left out {count:,}: {reason}") for reason, count in reasons.items()]
    if unknown:
        lines.append((unknown.total(), f"left out {unknown.total():,}: of {_providers(unknown)}"))
    return tuple(line for _, line in sorted(lines, key=lambda item: (-item[0], item[1])))


def _providers(unknown: Counter[str]) -> str:
    """Providers that settings do not have, the first few by name."""
    named = ", ".join(f"`{name}`" for name, _ in unknown.most_common(_MOST_NAMED))
    rest = len(unknown) - _MOST_NAMED
    more = f" and {rest} more" if rest > 0 else ""
    what = "a provider that is not known" if len(unknown) == 1 else "providers that are not known"
    return f"{what}: {named}{more} (add yours under `providers:`)"
