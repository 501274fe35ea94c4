"""What the gate `near_duplicates` costs an answer, and how often it passes over a pair that is as alike as asked.

python benchmarks/near_duplicates.py [ANSWERS]
"""

import sys
from random import Random
from time import process_time

from modelroute_cli.execution.gates.alike import Answers, likeness, pairs_of

WORDS = 200
LEAST = 0.8
PAIRS = 2_000


def text_of(random: Random) -> str:
    """An answer of 200 words out of 3,000."""
    return " ".join(f"word{random.randrange(3_000)}" for _ in range(WORDS))


def changed(text: str, random: Random) -> str:
    """The same with up to one word in twelve replaced."""
    words = text.split()
    for place in random.sample(range(WORDS), random.randint(1, WORDS // 12)):
        words[place] = f"other{place}"
    return " ".join(words)


def speed(count: int) -> None:
    """Microseconds of CPU an answer, all of one template."""
    random = Random(1)  # noqa: S311 - texts for a measurement
    texts = [text_of(random) for _ in range(count)]
    answers = Answers(texts.__getitem__)
    began = process_time()
    for row, text in enumerate(texts):
        answers.add_unless_alike(row, text, LEAST)
    print(f"{count:,} answers: {(process_time() - began) / count * 1e6:.0f} us of CPU each, the search included")


def recall() -> None:
    """Of pairs that are as alike as asked or more, how many are found."""
    random = Random(2)  # noqa: S311 - likewise
    asked = found = 0
    for _ in range(PAIRS):
        one = text_of(random)
        other = changed(one, random)
        if likeness(pairs_of(one), pairs_of(other)) >= LEAST:
            answers = Answers([one].__getitem__)
            answers.add(0, one)
            asked += 1
            found += answers.add_unless_alike(1, other, LEAST) is not None
    print(f"{found:,} of {asked:,} pairs with a likeness of {LEAST} or more were found")


if __name__ == "__main__":
    speed(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
    recall()
