"""docs/tokens.md says what data/tokenizers.yaml says, and docs/settings.md names every family."""

import re
from pathlib import Path

from msgspec import yaml

from modelroute_cli.base.shipped import DATA
from modelroute_cli.features.tokens import TokenFamily, family

DOCS = Path(__file__).parents[2] / "docs"
NAMES = list(yaml.decode((DATA / "tokenizers.yaml").read_bytes(), type=dict[str, TokenFamily]))
_FAMILY_ROW = re.compile(r"\| `(\w+)` \| .+ \| (.+) \| (\d+) \+ (\d+) \| (\d+) \|")


def test_the_table_of_families_is_that_of_the_data() -> None:
    """Frames and schemas, in the same order."""
    rows = [
        found.groups() for line in (DOCS / "tokens.md").read_text().splitlines() if (found := _FAMILY_ROW.match(line))
    ]
    assert [(name, int(base), int(each), int(schema)) for name, _, base, each, schema in rows] == [
        (each.name, each.frame_base, each.frame_per_message, each.schema_base) for each in map(family, NAMES)
    ]


def test_every_engine_is_named() -> None:
    """The package that counts a family stands in its row; without one, that its ratios are measured or assumed."""
    text = (DOCS / "tokens.md").read_text()
    for each in map(family, NAMES):
        row = next(line for line in text.splitlines() if line.startswith(f"| `{each.name}` |"))
        package = "tiktoken" if each.name == "o200k" else each.engine.partition(" ")[0]
        words = (package,) if package else ("ratios, measured", "assumed")
        assert any(word in row for word in words)


def test_settings_name_every_family() -> None:
    """What a card's `tokenizer` may be."""
    (row,) = [line for line in (DOCS / "settings.md").read_text().splitlines() if line.startswith("| `tokenizer` |")]
    assert re.findall(r"`(\w+)`", row) == ["tokenizer", "o200k", *NAMES]


def test_every_family_says_where_its_numbers_are_from() -> None:
    """No number without a source."""
    assert all(len(family(name).source) > 40 for name in NAMES)
