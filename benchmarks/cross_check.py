"""Prints where our catalog and two other lists disagree, with the reviewed reason: `python benchmarks/cross_check.py`.

Run from the repository with `tests` on PYTHONPATH. NEW marks what nobody has reviewed, GONE what no longer disagrees
(tests/support/cross_check_allowed.yaml).
"""

from collections.abc import Iterator

import model_prices
from support.cross_check import AT, Finding, allowed, compared, findings


def main() -> None:
    """Print the table and how much was compared."""
    reviewed, found = allowed(), findings()
    counts = ", ".join(f"{count} values of {source}" for source, count in compared().items())
    print(f"compared {counts}, at prices of {AT.date()}; model-prices has data of {model_prices.data_as_of().date()}")
    for line in _lines(found, dict(reviewed)):
        print(line)
    print(f"{len(found)} disagree by more than 1%, {len(set(found) - set(reviewed))} of them new")


def _lines(found: list[Finding], reviewed: dict[Finding, str]) -> Iterator[str]:
    """One line a finding, then what was allowed and is gone."""
    for item in found:
        yield f"{_row(item)}  {reviewed.get(item, 'NEW')}"
    for item in sorted(set(reviewed) - set(found)):
        yield f"{_row(item)}  GONE"


def _row(item: Finding) -> str:
    """A finding's columns."""
    return f"{item.source:13} {item.model:22} {item.field:26} {item.ours:>8} {item.theirs:>8}"


if __name__ == "__main__":
    main()
