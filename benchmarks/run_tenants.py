"""How tenants share a limit, in virtual time: shares while both wait, and how long the run takes with and without.

    python benchmarks/run_tenants.py [--only NAME] [--requests 2000] [--tenants 2]

Nine requests of ten are `large`'s, one is `small`'s. With weights 1:1 and 3:1 (for `small`), a share is what `small`
was sent of the tokens or requests that the limit counts, from the first of its requests to its last. The same
requests without tenants say how long the run takes when nobody shares.
"""

import argparse
import sys
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

import polars as pl
from msgspec.structs import replace as changed
from support.in_process import EmulatedTransport
from support.plans import PlanParts, Row, plan_of
from support.runs import Job, Setup, scratch, session
from support.virtual import run_virtual

from modelroute_cli.base.schema import Request
from modelroute_cli.catalog.cards import Limits
from modelroute_cli.catalog.settings import EmulatorLimits, EmulatorSettings, RunSettings
from modelroute_cli.execution.journal_read import attempts_frame

LIVELY = EmulatorSettings(latency_s=1.0, rpm=10**6, tpm=10**9)


@dataclass(frozen=True, slots=True)
class Scene:
    """Limits as the emulator has them, as the run knows them, and what a share is a share of."""

    limits: EmulatorLimits
    stated: Limits
    counts: str  # requests, tokens


SCENES = {
    "requests": Scene(EmulatorLimits(rpm=600, burst_s=1), Limits(rpm=600), "requests"),
    "told": Scene(EmulatorLimits(rpm=600, burst_s=1), Limits(), "requests"),
    "silent": Scene(EmulatorLimits(rpm=600, burst_s=1, headers=False, retry_after=False), Limits(), "requests"),
    "tokens": Scene(EmulatorLimits(tpm=120_000, burst_s=1), Limits(tpm=120_000), "tokens"),
    "in flight": Scene(EmulatorLimits(concurrency=10), Limits(concurrency=10), "requests"),
}


def rows_of(requests: int, *, named: bool) -> list[Row]:
    """The large tenant's requests stand first, and are longer."""
    few = requests // 10
    return [
        Row(
            tenant=("large" if number < requests - few else "small") if named else None,
            output_tokens=40 if number < requests - few else 20,
            max_tokens=200 if number % 2 else 100,
            request=Request(custom_id=f"r{number}", prompt=f"Classify mail {number} as positive or negative."),
        )
        for number in range(requests)
    ]


def sent(scene: Scene, rows: list[Row], weights: dict[str, float]) -> pl.DataFrame:
    """The attempts of a run, in order of sending, with tenants and what each took."""
    with scratch() as folder:
        job = Job.of(rows, folder, plan_of(rows, PlanParts(limits={"cheap": scene.stated})))
        far = EmulatedTransport(changed(LIVELY, limits={"cheap": scene.limits}))
        outcome = run_virtual(session(job, far, Setup(settings=RunSettings(concurrency=500), weights=weights)))
        assert outcome.accepted == len(rows), outcome
        attempts = attempts_frame(job.journal)
    own = pl.DataFrame(
        {
            "row": range(len(rows)),
            "tenant": pl.Series([row.tenant for row in rows], dtype=pl.String),
            "tokens": [row.max_tokens + 100 for row in rows],
        }
    )
    return attempts.join(own, on="row", how="left", maintain_order="left").with_columns(
        pl.lit(1).alias("requests"),
        (pl.col("started_at") + pl.duration(microseconds=pl.col("latency_s").fill_null(0) * 1e6)).alias("ended_at"),
    )


def seconds(frame: pl.DataFrame) -> float:
    """From the first request to the last answer."""
    span = frame["ended_at"].max() - frame["started_at"].min()  # type: ignore[operator]
    assert isinstance(span, timedelta)
    return span.total_seconds()


def share(frame: pl.DataFrame, counts: str) -> float:
    """What `small` took of what was taken while it had something to send."""
    last = frame.filter(tenant="small")["started_at"].max()
    both = frame.filter(pl.col("started_at") <= last)
    return int(both.filter(tenant="small")[counts].sum()) / int(both[counts].sum())


def main() -> None:
    """Each scene without tenants, and with two weights."""
    parser = argparse.ArgumentParser(description="how tenants share a limit")
    parser.add_argument("--only", choices=SCENES)
    parser.add_argument("--requests", type=int, default=2000)
    options = parser.parse_args()
    print(f"{'scene':10} {'alone':>9} {'1:1':>9} {'3:1':>9}   share at 1:1 (0.500)   share at 3:1 (0.750)")
    for name in [options.only] if options.only else SCENES:
        scene = SCENES[name]
        alone = seconds(sent(scene, rows_of(options.requests, named=False), {}))
        even, more = (sent(scene, rows_of(options.requests, named=True), {"small": own}) for own in (1.0, 3.0))
        print(
            f"{name:10} {alone:7.1f} s {seconds(even):7.1f} s {seconds(more):7.1f} s   "
            f"{share(even, scene.counts):20.3f}   {share(more, scene.counts):20.3f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
