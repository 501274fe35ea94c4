"""Measures how families of models count against o200k, by class of text: the `classes` of data/tokenizers.yaml.

    python benchmarks/family_ratios.py TEXTS.jsonl ... [--families qwen,glm]

Each line has a `prompt`; its group is its `language`, its `category`, or its file. For each family whose engine is
installed it prints, by class, the ratio of all texts, the ratios of the groups farthest below and above it, and the
bound that follows: the farther of the two, rounded up to 5%, at least 10%. A job is one group rather than a mixture.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from math import ceil
from pathlib import Path

from modelroute_cli.features.family_counts import own_count
from modelroute_cli.features.text_class import TextClass, text_class
from modelroute_cli.features.tokens import count_o200k, family

LEAST_TOKENS = 1_000  # of a group, before its ratio means anything
FAMILIES = "deepseek,gemini,glm,kimi,llama,mistral,qwen,qwen_3_5"
Sums = dict[str, list[int]]  # by group: o200k tokens and the family's own


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("texts", nargs="+", type=Path)
    parser.add_argument("--families", default=FAMILIES)
    asked = parser.parse_args()
    rows = [row for path in asked.texts for row in read(path)]
    print(f"{len(rows):,} texts, {sum(len(text) for _, text in rows) / 1e6:.1f} M characters")
    for name in asked.families.split(","):
        measure(name, rows)


def read(path: Path) -> Iterable[tuple[str, str]]:
    """Group and text of each line."""
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield str(row.get("language") or row.get("category") or path.stem), row["prompt"]


def measure(name: str, rows: Sequence[tuple[str, str]]) -> None:
    """Print one family's ratios."""
    own = own_count(family(name).engine)
    if own is None:
        print(f"{name}: its engine is not installed")
        return
    texts = [text for _, text in rows]
    found: dict[TextClass, Sums] = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    for (group, text), base, mine in zip(rows, count_o200k(texts), own(texts), strict=True):
        sums = found[text_class(text)][group]
        sums[0] += base
        sums[1] += mine
    for kind in TextClass:
        print(f"{name:9} {kind.value:13} {line(found[kind])}")


def line(groups: Sums) -> str:
    """The ratio of one class, its groups farthest away, and the bound."""
    base, mine = (sum(column) for column in zip(*groups.values(), strict=True)) if groups else (0, 0)
    if base < LEAST_TOKENS:
        return "too few texts"
    ratio = mine / base
    each = sorted((own / all_ / ratio - 1, group) for group, (all_, own) in groups.items() if all_ >= LEAST_TOKENS)
    (low, lowest), (high, highest) = each[0], each[-1]
    bound = max(ceil(max(-low, high) * 20) / 20, 0.10)
    return f"[{ratio:.2f}, {bound:.2f}]  {base:9,} tokens; {lowest} {low:+.1%}, {highest} {high:+.1%}"


if __name__ == "__main__":
    main()
