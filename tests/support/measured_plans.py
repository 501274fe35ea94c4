"""Plans of measured batches, for tests: beliefs made by hand."""

from collections.abc import Mapping

from modelroute_cli.planning.measured import Cell, GateCell, Measured

LUNA, HAIKU, FLASH, SOL = "gpt-6-luna", "claude-haiku-5-5", "deepseek-flash", "gpt-6-sol"


def cell(
    mean: float, se: float = 0.02, *, paired: float | None = None, n: int = 50, tokens: float | None = None
) -> Cell:
    """A belief from a pilot of `n` requests; without `paired` its difference to the baseline is as unsure as itself."""
    error = se if paired is None else paired
    return Cell(mean=mean, se=se, se_paired=error, source="pilot", n=n, output_tokens=tokens)


def measured(
    cells: Mapping[str, Mapping[str, Cell]],
    groups: Mapping[str, str] | None = None,
    z: float = 1.645,
    gates: tuple[GateCell, ...] = (),
) -> Measured:
    """Beliefs of groups that have one template each, named as they are, unless `groups` says otherwise."""
    return Measured(
        baseline="gpt-5",
        scorer="expected answers",
        confidence=0.95,
        z=z,
        groups=groups or {name: name for name in cells},
        cells=cells,
        gates=gates,
    )
