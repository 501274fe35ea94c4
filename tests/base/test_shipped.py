"""The tables that ship: YAML is what they say, the packed copy is how they are read."""

import msgspec
import pack_tables
import pytest

from modelroute_cli.base.shipped import (
    PACKED,
    PackedTable,
    decoded,
    shipped_bytes,
    shipped_digest,
    shipped_table,
    text_digest,
)
from modelroute_cli.catalog.load import parsed, shipped

PLAIN = [name for name in pack_tables.names() if name not in pack_tables.TREES]


def refuse(text: bytes, kind: type[object]) -> object:
    """A parser that must not be asked."""
    msg = f"{len(text)} bytes were parsed as {kind}"
    raise AssertionError(msg)


def test_the_packed_tables_are_of_the_tables_that_ship() -> None:
    """Whoever changes a table of `data/` runs `python benchmarks/pack_tables.py`, else every start parses it anew."""
    assert pack_tables.packed() == PACKED.read_bytes(), "run `python benchmarks/pack_tables.py`"


@pytest.mark.parametrize("name", PLAIN)
def test_a_packed_table_says_what_its_yaml_says(name: str) -> None:
    """Nothing is lost on the way, no number, no date, no key."""
    text = shipped_bytes(name)
    assert decoded(name, text, object, refuse) == msgspec.to_builtins(msgspec.yaml.decode(text), str_keys=True)


@pytest.mark.parametrize("name", pack_tables.TREES)
def test_a_packed_tree_is_the_one_its_yaml_gives(name: str) -> None:
    """Values, their own text and their lines are those of the file."""
    assert shipped(name) == parsed(name, shipped_bytes(name))


def test_a_packed_copy_of_another_text_is_passed_over() -> None:
    """A changed table is parsed: the copy can be late, never wrong."""
    text = shipped_bytes("tokenizers.yaml") + b"# changed\n"
    assert decoded("tokenizers.yaml", text, object, lambda told, _: told) == text


def test_a_table_that_was_never_packed_is_parsed() -> None:
    """Packing is for speed alone."""
    assert "forms" in shipped_table("emulator_text.yaml", dict[str, object])


def test_a_table_that_does_not_fit_its_type_is_refused() -> None:
    """A field too many or too few never becomes a default."""
    with pytest.raises(msgspec.ValidationError, match=r"Expected `int`, got `.*`"):
        shipped_table("language_names.yaml", dict[str, int])


def test_a_digest_names_the_text() -> None:
    """It is the sha256 of the bytes."""
    assert shipped_digest("reasoning.yaml") == text_digest(shipped_bytes("reasoning.yaml"))
    assert text_digest(b"") == "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_packed_tables_are_checked_when_they_are_read() -> None:
    """The file holds digests and values, nothing else."""
    tables = msgspec.json.decode(PACKED.read_bytes(), type=dict[str, PackedTable])
    assert sorted(tables) == pack_tables.names()
