"""Measures how fast tokens are counted and requests described; prints, asserts nothing.

    python benchmarks/token_speed.py sample_jobs/marketing.jsonl

CPU seconds of this process, the best of five rounds, so that other work on the machine disturbs little.
"""

import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import msgspec

from modelroute_cli.base.schema import Request, TaskType
from modelroute_cli.features import engines, o200k
from modelroute_cli.features.classify import Classifier
from modelroute_cli.features.describe import Describer
from modelroute_cli.features.hints import length_hint
from modelroute_cli.features.reading import read
from modelroute_cli.features.tokens import count_o200k

ROUNDS = 5


def cpu_s(work: Callable[[], object]) -> float:
    """The least CPU seconds of one round."""
    return min(_once(work) for _ in range(ROUNDS))


def _once(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def starts() -> None:
    """CPU milliseconds until each engine has counted its first text, imports included."""
    first: dict[str, Callable[[], object]] = {
        "tiktoken": lambda: o200k.count("hello"),
        "splintr": engines.small,
        "toktok": lambda: (engines.bulk() or engines.small()).count_many(["hello"]),
    }
    for name, start in first.items():
        print(f"start {name}: {_once(start) * 1e3:.0f} ms")


def beside_tiktoken(what: str, texts: list[str]) -> None:
    """Throughput of every engine behind its guard on the same texts, in turns, and its share of tiktoken's CPU."""
    megabytes = sum(len(text.encode()) for text in texts) / 1e6
    counting: dict[str, Callable[[], object]] = {"tiktoken": lambda: [o200k.count(text) for text in texts]}
    for engine in filter(None, (engines.small(), engines.bulk())):
        counting[engine.name] = partial(engine.count_many, texts)
    rounds = [{name: _once(count) for name, count in counting.items()} for _ in range(ROUNDS)]
    for name in counting:
        spent = sorted(each[name] for each in rounds)[ROUNDS // 2]
        share = sorted(each[name] / each["tiktoken"] for each in rounds)[ROUNDS // 2]
        print(f"{what}: {name} {megabytes / spent:.1f} MB per CPU second, {share:.2f} of tiktoken's CPU")


def main() -> None:
    """Print start-up, throughput of counting, and microseconds a request of each step."""
    starts()
    print(f"load the classifier: {_once(Classifier.load) * 1e3:.0f} ms")
    requests = [msgspec.json.decode(line, type=Request) for line in Path(sys.argv[1]).read_bytes().splitlines()]
    texts = [turn.content for request in requests for turn in request.turns()]
    megabytes = sum(len(text.encode()) for text in texts) / 1e6
    encoding, classifier = o200k.encoding(), Classifier.load()
    readings = [read(request) for request in requests]
    Describer(classifier).block(requests)
    print(f"count_o200k: {megabytes / cpu_s(lambda: count_o200k(texts)):.1f} MB per CPU second")
    print(f"encode_ordinary_batch: {megabytes / cpu_s(lambda: encoding.encode_ordinary_batch(texts)):.1f}")
    beside_tiktoken("rows", texts)
    beside_tiktoken("long texts", ["\n\n".join(texts[at : at + 40]) for at in range(0, len(texts), 40)])
    steps: dict[str, Callable[[], object]] = {
        "read": lambda: [read(request) for request in requests],
        "classify": lambda: classifier.guess(readings),
        "length hint": lambda: [length_hint(reading, TaskType.OTHER) for reading in readings],
        "count tokens": lambda: count_o200k([request.prompt or "" for request in requests]),
        "describe, all": lambda: Describer(classifier).block(requests),
    }
    for name, step in steps.items():
        print(f"{name}: {cpu_s(step) / len(requests) * 1e6:.0f} microseconds a request")


if __name__ == "__main__":
    main()
