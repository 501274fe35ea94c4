"""What of tags and metadata enters the frame."""

import json
from pathlib import Path

import pytest
from support.job_files import Alike

from modelroute_cli.base.schema import Request
from modelroute_cli.catalog.settings import Match
from modelroute_cli.jobs.facets import NOTHING, Facets, Wanted, metadata_facet, tag_facet, wanted_by
from modelroute_cli.jobs.index import IndexOptions, index

WANTED = Wanted(tags=frozenset({"vip"}), metadata={"campaign": frozenset({"spring", "7", "true"})})


def facets(metadata: dict[str, object], *tags: str, wanted: Wanted = WANTED) -> list[str] | None:
    """The facets of one request."""
    return Facets(wanted).column([Request(custom_id="a", prompt="x", tags=tags, metadata=metadata)])[0]


def test_only_what_rules_look_at_is_kept() -> None:
    """A million ticket numbers stay where they are."""
    assert facets({"campaign": "spring", "ticket": 4711}, "vip", "new") == ["tag=vip", "metadata.campaign=spring"]
    assert facets({"campaign": "autumn"}, "new") is None


def test_without_such_rules_nothing_is_looked_at() -> None:
    """Not even the names of the fields."""
    reader = Facets(NOTHING)
    assert reader.column([Request(custom_id="a", prompt="x", tags=("vip",), metadata={"a": 1})] * 2) == [None, None]
    assert reader.fields == {}


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("spring", ["metadata.campaign=spring"]),
        (7, ["metadata.campaign=7"]),
        (True, ["metadata.campaign=true"]),
        (["autumn", 7], ["metadata.campaign=7"]),
        (["spring", "spring"], ["metadata.campaign=spring"]),
        (None, None),
        ({"spring": 1}, None),
    ],
)
def test_scalars_are_compared_as_text(value: object, found: list[str] | None) -> None:
    """A list has each of its scalars; an object has none."""
    assert facets({"campaign": value}) == found


def test_what_is_wanted_stands_in_matches_and_below_their_not() -> None:
    """All rules together."""
    below = Match(tags=("draft",), metadata={"campaign": ("autumn",)})
    matches = (Match(tags=("vip",), metadata={"campaign": ("spring",)}), Match(excluded=below))
    assert wanted_by(matches) == Wanted(
        tags=frozenset({"vip", "draft"}), metadata={"campaign": frozenset({"spring", "autumn"})}
    )
    assert wanted_by([Match()]) == NOTHING


def test_the_fields_that_rows_have_are_remembered_within_bounds() -> None:
    """Fifty, and those that rules name."""
    reader = Facets(WANTED)
    metadata: dict[str, object] = {f"f{at}": 1 for at in range(60)}
    reader.column([Request(custom_id="a", prompt="x", metadata=metadata | {"campaign": 1})])
    assert len(reader.fields) == 51
    assert "campaign" in reader.fields


def test_the_frame_and_the_job_carry_them(tmp_path: Path) -> None:
    """Facets by request, fields by job."""
    lines = [
        {"custom_id": "a", "prompt": "x", "tags": ["vip"]},
        {"custom_id": "b", "prompt": "y", "metadata": {"z": 1}},
    ]
    path = tmp_path / "a.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    job = index(str(path), Alike(), IndexOptions(spool_dir=tmp_path, wanted=WANTED))
    assert job.requests.collect()["facets"].to_list() == [["tag=vip"], None]
    assert job.metadata_fields == ("z",)


def test_facets_are_written_in_one_way() -> None:
    """Rules and rows agree on it."""
    assert (tag_facet("a"), metadata_facet("b", "c")) == ("tag=a", "metadata.b=c")
