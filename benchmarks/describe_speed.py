"""Microseconds of CPU that describing a request costs, by stage: a templated batch, and requests of one kind each.

    python benchmarks/describe_speed.py [ROWS]

The least of three rounds. `beyond tokens` is the whole of describing less the counting of tokens, in the same run.
"""

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

import msgspec

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from support.templated import templated

from modelroute_cli.base.schema import Request, TaskType
from modelroute_cli.features.classify import Classifier
from modelroute_cli.features.describe import make_describe
from modelroute_cli.features.hints import length_hint
from modelroute_cli.features.mining import Miner
from modelroute_cli.features.reading import read
from modelroute_cli.features.tokens import count_many

ROUNDS = 3
BLOCK = 1_000
SAMPLE = Path(__file__).parents[1] / "sample_jobs" / "marketing.jsonl"


def cpu_s(work: Callable[[], object]) -> float:
    """The least CPU seconds of one round."""
    return min(_once(work) for _ in range(ROUNDS))


def _once(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def marketing() -> list[Request]:
    """The requests of the sample job: sentences put together in many orders."""
    return [msgspec.json.decode(line, type=Request) for line in SAMPLE.read_bytes().splitlines()]


def campaigns(rows: int, kinds: int = 40) -> list[Request]:
    """A templated batch of mails like those of the sample job: its briefs, with names and numbers that change."""
    random = Random(1)  # noqa: S311 - a generator of measured data
    briefs = random.sample(marketing(), kinds)
    made = []
    for number in range(rows):
        brief = random.choice(briefs)
        words = (brief.prompt or "").split(" ")
        at = len(words) // 3, 2 * len(words) // 3
        words[at[0]], words[at[1]] = f"Kunde-{random.randrange(10**6)}", f"№{random.randrange(900)}"
        made.append(msgspec.structs.replace(brief, custom_id=str(number), prompt=" ".join(words)))
    return made


def by_blocks(work: Callable[[Sequence[Request]], object], requests: Sequence[Request]) -> None:
    """A job from its first block to its last."""
    for start in range(0, len(requests), BLOCK):
        work(requests[start : start + BLOCK])


def measure(name: str, requests: Sequence[Request]) -> None:
    """Print each stage alone, over all requests, and the whole."""
    some = requests[:2_000]
    readings, classifier = [read(request) for request in some], Classifier.load()
    texts = [turn.content for request in requests for turn in request.turns()]
    stages: dict[str, tuple[int, Callable[[], object]]] = {
        "count tokens": (len(requests), lambda: count_many(texts)),
        "mine templates": (len(requests), lambda: by_blocks(Miner().match, requests)),
        "read (unshared)": (len(some), lambda: [read(request) for request in some]),
        "classify (unshared)": (len(some), lambda: classifier.guess(readings)),
        "length hint (unshared)": (len(some), lambda: [length_hint(each, TaskType.OTHER) for each in readings]),
        "describe, all": (len(requests), lambda: by_blocks(make_describe(), requests)),
    }
    print(f"{name}: {len(requests):,} requests")
    cost = {stage: cpu_s(work) / count * 1e6 for stage, (count, work) in stages.items()}
    for stage, each in cost.items():
        print(f"{each:9.1f} us  {stage}")
    # make_describe loads the classifier, once a job
    loading = cpu_s(make_describe) / len(requests) * 1e6
    print(f"{cost['describe, all'] - loading:9.1f} us  describe without loading the classifier")


if __name__ == "__main__":
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    measure("50 generated templates", templated(size).requests)
    measure("40 briefs like marketing.jsonl's", campaigns(size))
    measure("marketing.jsonl", marketing())
