"""Measures how fast tokens are counted and requests described; prints, asserts nothing.

    python benchmarks/token_speed.py sample_jobs/marketing.jsonl

CPU seconds of this process, the best of five rounds, so that other work on the machine disturbs little.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from modelroute_cli.base.schema import Request, TaskType
from modelroute_cli.features import o200k
from modelroute_cli.features.classify import Classifier
from modelroute_cli.features.describe import make_describe
from modelroute_cli.features.hints import length_hint
from modelroute_cli.features.reading import read
from modelroute_cli.features.tokens import count_many

ROUNDS = 5


def cpu_s(work: Callable[[], object]) -> float:
    """The least CPU seconds of one round."""
    return min(_once(work) for _ in range(ROUNDS))


def _once(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def main() -> None:
    """Print start-up, throughput of counting, and microseconds a request of each step."""
    print(f"load the vocabulary: {_once(o200k.encoding) * 1e3:.0f} ms")
    print(f"load the classifier: {_once(make_describe) * 1e3:.0f} ms")
    requests = [msgspec.json.decode(line, type=Request) for line in Path(sys.argv[1]).read_bytes().splitlines()]
    texts = [turn.content for request in requests for turn in request.turns()]
    megabytes = sum(len(text.encode()) for text in texts) / 1e6
    encoding, describe, classifier = o200k.encoding(), make_describe(), Classifier.load()
    readings = [read(request) for request in requests]
    describe(requests)
    print(f"count_many: {megabytes / cpu_s(lambda: count_many(texts)):.1f} MB per CPU second")
    print(f"encode_ordinary_batch: {megabytes / cpu_s(lambda: encoding.encode_ordinary_batch(texts)):.1f}")
    steps: dict[str, Callable[[], object]] = {
        "read": lambda: [read(request) for request in requests],
        "classify": lambda: classifier.guess(readings),
        "length hint": lambda: [length_hint(reading, TaskType.OTHER) for reading in readings],
        "count tokens": lambda: count_many([request.prompt or "" for request in requests]),
        "describe, all": lambda: describe(requests),
    }
    for name, step in steps.items():
        print(f"{name}: {cpu_s(step) / len(requests) * 1e6:.0f} microseconds a request")


if __name__ == "__main__":
    main()
