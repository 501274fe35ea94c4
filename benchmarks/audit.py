"""What the audit log costs: CPU and bytes a request when a run is taken in, CPU when it is verified, with both chains.

    python benchmarks/audit.py [--requests 100000] [--answer 1200]

A journal of so many requests, one attempt each, is made by hand; then it is taken in, verified, changed in one byte in
the middle, and verified again. Memory is the most that the process held while it took them in, less before. What a run
of one request costs besides stands in `run_overhead.py`.
"""

import argparse
import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

import polars as pl
from support.plans import CHEAP, Row, plan_of

from modelroute_cli.execution.audit.chain import Hasher
from modelroute_cli.execution.audit.place import AuditPlace
from modelroute_cli.execution.audit.trail import Beginning, EndOfSession, Trail, begin, end
from modelroute_cli.execution.audit.verifying import verify
from modelroute_cli.execution.journal_schema import migrate
from modelroute_cli.execution.run_folder import RunFolder
from modelroute_cli.planning import plan_file
from modelroute_cli.planning.plan import Plan

AT = datetime(2026, 11, 23, 10, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Taken:
    """What something took."""

    cpu_s: float
    memory_mb: float


@contextmanager
def measured(into: list[Taken]) -> Iterator[None]:
    """CPU of this process, and how far the most that it held grew."""
    began, held = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - held
    into.append(Taken(time.process_time() - began, grown / 1024))


def plan_for(requests: int) -> Plan:
    """One row again and again, with its number in the place of its names."""
    one = plan_of([Row(tenant="shop")])
    rows = pl.select(row=pl.int_range(requests, dtype=pl.Int64)).lazy()
    columns = [name for name in one.assignments.collect_schema().names() if name not in {"row", "custom_id"}]
    joined = rows.join(one.assignments.select(columns), how="cross")
    named = joined.with_columns(custom_id=pl.format("request-{}", pl.col("row")))
    return Plan(one.header, named.select(one.assignments.collect_schema().names()).collect().lazy())


def journal(path: Path, requests: int, answer: int) -> None:
    """Each request sent and answered once."""
    text = "word " * (answer // 5)
    with closing(sqlite3.connect(path)) as connection:
        migrate(connection, path)
        connection.isolation_level = ""
        connection.execute("INSERT INTO caps VALUES (?, ?)", (AT.isoformat(), 10**12))
        connection.executemany(
            "INSERT INTO intents (attempt, row, kind, model, service_tier, reserved_pusd, max_tokens, started_at, "
            "prompt_sha256) VALUES (?, ?, 'first', ?, 'standard', 2100, 200, ?, ?)",
            ((row + 1, row, CHEAP, AT.isoformat(), f"{row:064x}") for row in range(requests)),
        )
        connection.executemany(
            "INSERT INTO outcomes (attempt, outcome, text, finish_reason, model_served, input_tokens, output_tokens, "
            "cost_pusd, latency_s, emulated, request_id) VALUES (?, 'answered', ?, 'stop', ?, 100, 50, 600, 0.7, 0, ?)",
            ((row + 1, f"{row} {text}", CHEAP, f"chatcmpl-{row:032x}") for row in range(requests)),
        )
        connection.executemany(
            "INSERT INTO verdicts (attempt, passed, gate, detail, applied) VALUES (?, 1, 'pass', '', 'truncated')",
            ((row + 1,) for row in range(requests)),
        )
        connection.executemany(
            "INSERT INTO finals VALUES (?, 'accepted', ?, '')", ((row, row + 1) for row in range(requests))
        )
        connection.commit()


def chain(folder: Path, plan: Plan, key: bytes | None, requests: int) -> None:
    """Take the run in under a key or none, verify, change a byte, verify again."""
    run = RunFolder(folder, "run")
    place = AuditPlace(folder / ("plain" if key is None else "keyed"))
    trail = Trail(place=place, hasher=Hasher(key), tool_version="0")
    session = Beginning(plan=plan, what="run", purpose="send", emulated=False, cap_pusd=plan.header.hard_cap_pusd)
    taken: list[Taken] = []
    with measured(taken):
        begin(trail, run, session, AT)
        end(trail, run, plan, EndOfSession(status="done"), AT)
    size = sum(file.stat().st_size for file in place.files())
    with measured(taken):
        found = verify(place, Hasher(key))
    assert found.is_whole
    chain, per = "keyed" if key else "plain", found.entries
    cost = f"{taken[0].cpu_s / requests * 1e6:.1f} us and {size / requests:,.0f} B a request"
    print(f"{chain}  taken in: {cost}, {taken[0].memory_mb:,.0f} MB")
    print(f"       verified: {taken[1].cpu_s / per * 1e6:.1f} s of CPU a million entries, {per:,} entries")
    files = place.files()
    changed = files[len(files) // 2]
    content = bytearray(changed.read_bytes())
    content[len(content) // 2] ^= 1
    changed.write_bytes(content)
    with measured(taken):
        found = verify(place, Hasher(key))
    problem = found.problems[0]
    print(f"       one byte changed: {problem.file}:{problem.line}, {problem.custom_id}: {problem.what}")


def main() -> None:
    """Both chains over one journal."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--answer", type=int, default=1_200, help="bytes of an answer")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plan = plan_for(given.requests)
        (folder / "run").mkdir()
        journal(folder / "run" / "journal.db", given.requests, given.answer)
        plan_file.write(plan, folder / "run" / "plan")
        for key in (None, b"a key of thirty-two bytes, kept."):
            chain(folder, plan, key, given.requests)


if __name__ == "__main__":
    main()
