"""Microseconds of CPU that looking for personal data costs a request, beside counting its tokens, in one run.

    python benchmarks/privacy_speed.py [ROWS]

Jobs of requests of 300 characters: with no six digits in a row; with an order number and a date each, which are looked
at closely and are nothing; with an e-mail address each; and one system message that all share. Then the labelled texts
of the tests, dense with numbers, again and again: as they stand, and with other digits in each request, as a job has
them. The least of five rounds, by turns, so that a slow hour of the machine is one for all.
"""

import json
import random
import re
import sys
import time
from collections.abc import Callable, Sequence
from itertools import cycle, islice
from pathlib import Path

from modelroute_cli.base.schema import Request
from modelroute_cli.catalog.settings import PrivacySettings
from modelroute_cli.features.content_tokens import content_tokens
from modelroute_cli.features.privacy.detector import Detector

ROUNDS = 5
BLOCK = 4_000
LABELLED = Path(__file__).parents[1] / "tests" / "features" / "privacy" / "labelled.jsonl"
PLAIN = (
    "Write a short and friendly e-mail to customer {n} who asked about our new line of garden tools. Mention the "
    "spring offer, the free delivery above 50 euros, and that the shop in Hamburg is open until 8 pm. Keep it under "
    "120 words, use a warm tone, and end with a question that invites an answer. Say thanks."
)
SYSTEM = "You write for a shop in Hamburg. Answer in English, warmly, and never promise a date of delivery. " * 4


def jobs(rows: int) -> dict[str, list[Request]]:
    """The requests of each job, by what it is."""
    kinds = {
        "nothing": PLAIN,
        "an order number and a date": PLAIN.replace("Say thanks.", "Order 2024{n:06}, 2026-11-23"),
        "an e-mail address": PLAIN.replace("Say thanks.", "To anna.{n}@shop.de"),
    }
    made = {
        kind: [Request(custom_id=str(n), prompt=text.format(n=n)) for n in range(rows)] for kind, text in kinds.items()
    }
    shared = [Request(custom_id=str(n), prompt=PLAIN.format(n=n), system=SYSTEM) for n in range(rows)]
    return made | {"nothing, a system message": shared} | dense(rows)


def dense(rows: int) -> dict[str, list[Request]]:
    """The labelled texts, over and over: as they stand, and with their digits drawn anew."""
    texts = [json.loads(line)["text"] for line in LABELLED.read_text("utf-8").splitlines()]
    drawn = random.Random(1)  # noqa: S311 - the same in every run
    same = list(islice(cycle(texts), rows))
    other = [re.sub("[0-9]", lambda _: drawn.choice("0123456789"), text) for text in same]
    return {
        kind: [Request(custom_id=str(n), prompt=text) for n, text in enumerate(each)]
        for kind, each in (("labelled texts", same), ("the same, other digits", other))
    }


def in_blocks(requests: Sequence[Request], work: Callable[[Sequence[Request]], object]) -> float:
    """CPU seconds of `work` over a job in blocks."""
    start = time.process_time()
    for first in range(0, len(requests), BLOCK):
        work(requests[first : first + BLOCK])
    return time.process_time() - start


def main() -> None:
    """Print a line for each job."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    print(f"{rows:,} requests a job; microseconds of CPU a request")
    for kind, requests in jobs(rows).items():
        detector = Detector(PrivacySettings())
        times = [(in_blocks(requests, detector.bits), in_blocks(requests, content_tokens)) for _ in range(ROUNDS)]
        looking, counting = (min(each) / rows * 1e6 for each in zip(*times, strict=True))
        print(f"{kind:28} looking {looking:6.2f}   counting tokens {counting:6.2f}   ratio {looking / counting:5.2f}")


if __name__ == "__main__":
    main()
