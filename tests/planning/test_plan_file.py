"""The plan file: what is written is read, what is broken or stale is refused."""

import gc
import io
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import polars as pl
import pytest
from support.planning_jobs import AT, OPTIONS, plan_of, settings_of

from modelroute_cli.base.errors import PlanFileError, StorageError
from modelroute_cli.base.schema import CommandRule, GateRules
from modelroute_cli.base.spill import Kept
from modelroute_cli.catalog.library import load_catalog
from modelroute_cli.catalog.settings import Price, Rule, Settings
from modelroute_cli.planning import plan_file
from modelroute_cli.planning.plan import Plan
from modelroute_cli.planning.plan_file import digest, read, verify, write

PLAN = plan_of([{}, {"duplicate_of": 0}, {"importance": "premium", "language": "de"}])
HINT = "make one with `modelroute plan JOBS -o PLAN`"


def written(folder: Path, plan: Plan = PLAN) -> Path:
    """A plan file in `folder`."""
    path = folder / "emails.plan"
    write(plan, path)
    return path


def with_member(folder: Path, name: str, content: bytes) -> Path:
    """The plan file with one member replaced."""
    source = written(folder)
    path = folder / "changed.plan"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w") as new:
        for member in old.namelist():
            new.writestr(member, content if member == name else old.read(member))
    return path


def refusal(path: Path) -> str:
    """What is said of a file that is refused."""
    with pytest.raises(PlanFileError) as caught:
        read(path)
    return caught.value.message.replace(str(path), "PLAN")


def test_what_is_written_is_read(tmp_path: Path) -> None:
    """Header and assignments come back as they were."""
    plan = read(written(tmp_path))
    assert plan.header == PLAN.header
    assert plan.assignments.collect().equals(PLAN.assignments.collect())


def test_the_same_plan_is_the_same_bytes(tmp_path: Path) -> None:
    """Nothing of the moment of writing is in the file."""
    first = written(tmp_path).read_bytes()
    assert written(tmp_path).read_bytes() == first
    assert digest(written(tmp_path)).startswith("sha256:")


def test_the_file_opens_with_ordinary_tools(tmp_path: Path) -> None:
    """It is a ZIP of indented JSON and a Parquet file, as the documents say."""
    with zipfile.ZipFile(written(tmp_path)) as archive:
        assert archive.namelist() == ["plan.json", "assignments.parquet"]
        assert archive.read("plan.json").startswith(b'{\n "format": 1,\n')
        assert pl.read_parquet(io.BytesIO(archive.read("assignments.parquet"))).height == 3


def test_writing_leaves_nothing_beside_the_plan(tmp_path: Path) -> None:
    """What was written aside is gone, and an old plan is replaced whole."""
    path = tmp_path / "emails.plan"
    path.write_text("old")
    write(PLAN, path)
    assert [file.name for file in tmp_path.iterdir()] == ["emails.plan"]
    assert read(path).header == PLAN.header


def test_a_place_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    """The error names the place and the flag."""
    with pytest.raises(StorageError) as caught:
        write(PLAN, tmp_path / "missing" / "emails.plan")
    assert caught.value.message.endswith("emails.plan`: No such file or directory")
    assert caught.value.hint == "choose another place with `-o PLAN`"


def test_a_failed_rename_keeps_what_was_there(tmp_path: Path) -> None:
    """A folder in the plan's place stays, and nothing is left aside."""
    (tmp_path / "emails.plan").mkdir()
    with pytest.raises(StorageError):
        write(PLAN, tmp_path / "emails.plan")
    assert [file.name for file in tmp_path.iterdir()] == ["emails.plan"]


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    """It says so and how to make one."""
    assert refusal(tmp_path / "none.plan") == "cannot read the plan `PLAN`: No such file or directory"


def test_a_file_that_is_no_plan_is_refused(tmp_path: Path) -> None:
    """A job file given in place of a plan is no damaged plan."""
    path = tmp_path / "jobs.jsonl"
    path.write_text('{"custom_id": "a"}\n')
    assert refusal(path) == "`PLAN` is not a plan file: File is not a zip file"


def test_another_archive_is_refused(tmp_path: Path) -> None:
    """The missing part is named."""
    path = tmp_path / "other.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("plan.json", "{}")
    assert refusal(path) == "`PLAN` is not a plan file: it lacks assignments.parquet"


def test_another_format_version_is_named(tmp_path: Path) -> None:
    """A plan of a later version is not called damaged."""
    path = with_member(tmp_path, "plan.json", b'{"format": 2, "novelty": true}')
    assert refusal(path) == "`PLAN` has plan format 2, this version reads 1"


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"{", "plan.json: Input data was truncated"),
        (b'{"format": 1}', "plan.json: Object missing required field `tool_version`"),
        (b'{"format": "x"}', "plan.json: Expected `int`, got `str` - at `$.format`"),
    ],
)
def test_a_broken_header_is_refused(tmp_path: Path, content: bytes, what: str) -> None:
    """The error says what is wrong with it."""
    assert refusal(with_member(tmp_path, "plan.json", content)) == f"`PLAN` is damaged: {what}"


def test_an_unknown_header_field_is_refused(tmp_path: Path) -> None:
    """Our own files hold nothing that this version does not know."""
    fields = msgspec.to_builtins(PLAN.header) | {"novelty": 1}
    message = refusal(with_member(tmp_path, "plan.json", msgspec.json.encode(fields)))
    assert message == "`PLAN` is damaged: plan.json: Object contains unknown field `novelty`"


def test_broken_assignments_are_refused(tmp_path: Path) -> None:
    """Bytes that are no Parquet file, and columns that are not the contract's."""
    assert refusal(with_member(tmp_path, "assignments.parquet", b"PAR1")).startswith(
        "`PLAN` is damaged: assignments.parquet: "
    )
    body = io.BytesIO()
    PLAN.assignments.collect().drop("reason").write_parquet(body)
    message = refusal(with_member(tmp_path, "assignments.parquet", body.getvalue()))
    assert "frame columns differ from the contract" in message
    assert "reason" in message


def test_a_plan_of_a_version_that_asked_nobody_is_read(tmp_path: Path) -> None:
    """Its task types came from rows and the classifier alone, and its columns know no other source."""
    body = io.BytesIO()
    frame = PLAN.assignments.collect()
    frame.cast({"task_source": pl.Enum(["row", "classifier"])}).write_parquet(body)
    again = read(with_member(tmp_path, "assignments.parquet", body.getvalue()))
    assert again.assignments.collect().equals(frame)


def test_a_plan_that_knows_fewer_service_tiers_is_read(tmp_path: Path) -> None:
    """Windows of hours came later; what was planned stands as it was, and what tiers save is not told."""
    frame, body = PLAN.assignments.collect(), io.BytesIO()
    four = pl.Enum(["standard", "flex", "batch", "priority"])
    frame.cast({"service_tier": four}).write_parquet(body)
    kept = plan_file.read(with_member(tmp_path, "assignments.parquet", body.getvalue()))
    assert kept.assignments.collect().equals(frame)
    fields = {**msgspec.json.decode(msgspec.json.encode(kept.header))}
    for name in ("tier_savings", "if_waited"):
        del fields[name]
    older = plan_file.read(with_member(tmp_path, "plan.json", msgspec.json.encode(fields))).header
    assert (older.tier_savings, older.if_waited) == ({}, None)


def test_a_plan_of_a_version_without_prompt_caches_is_read(tmp_path: Path) -> None:
    """Nothing is read from a cache, and nobody waits for one."""
    body, cached = io.BytesIO(), ("prefix", "prefix_chars", "cache_read_tokens", "cache_write_tokens")
    PLAN.assignments.collect().drop(cached).write_parquet(body)
    again = read(with_member(tmp_path, "assignments.parquet", body.getvalue())).assignments.collect()
    assert again.select(cached).unique().rows() == [(None, 0, 0, 0)]
    assert again.drop(cached).equals(PLAN.assignments.drop(cached).collect())


def test_lost_assignments_are_noticed(tmp_path: Path) -> None:
    """A plan whose requests are not all there is not executed."""
    body = io.BytesIO()
    PLAN.assignments.head(2).collect().write_parquet(body)
    message = refusal(with_member(tmp_path, "assignments.parquet", body.getvalue()))
    assert message == "`PLAN` is damaged: its assignments are not as many as its totals say"


def what_reading_gives(path: Path) -> str:
    """The plan, or an error of ours with a hint."""
    try:
        plan = read(path)
    except PlanFileError as error:
        return "a hint" if error.hint else "nothing to type"
    return "the plan" if plan.header == PLAN.header else "another plan"


def test_any_cut_or_flipped_byte_is_an_error_of_ours(tmp_path: Path) -> None:
    """However a plan file is damaged, what comes back is the plan or a PlanFileError, never a crash."""
    whole = written(tmp_path).read_bytes()
    path = tmp_path / "cut.plan"
    for at in range(0, len(whole), 97):
        for damaged in (whole[:at], whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]):
            path.write_bytes(damaged)
            assert what_reading_gives(path) in {"the plan", "a hint"}


def staleness(plan: Plan, settings: Settings, at: datetime = AT) -> str:
    """What `verify` says; empty when the plan holds."""
    try:
        verify(plan, load_catalog(settings), settings, at)
    except PlanFileError as error:
        return f"{error.message}; {error.hint}"
    return ""


def test_an_unchanged_plan_holds_at_every_hour() -> None:
    """Peak hours are inside the rate card and do not make a plan stale."""
    plan = plan_of([{"model": "deepseek-flash"}])
    assert plan.header.rate_cards["deepseek-flash"].windows
    for hour in (0, 2, 12, 23):
        assert staleness(plan, settings_of(), AT.replace(hour=hour)) == ""


def test_changed_settings_make_a_plan_stale() -> None:
    """Rules decide what is sent where."""
    changed = replace(settings_of(), rules=(Rule(name="all", allow=("gpt-6-luna",)),))
    assert staleness(PLAN, changed) == (
        "the plan is stale: since it was made, "
        "the settings (aliases, rules, models, prices, providers or assumptions) changed; "
        "make a new one: `modelroute plan jobs.jsonl -o PLAN`"
    )


def test_a_newer_table_of_quality_ends_a_plan_and_no_run() -> None:
    """Once a run was begun, what was believed decides nothing any more."""
    other = replace(PLAN, header=msgspec.structs.replace(PLAN.header, quality_digest="sha256:other"))
    assert "the table of believed quality changed" in staleness(other, settings_of())
    verify(other, load_catalog(settings_of()), settings_of(), AT, begun=True)


def test_an_objective_of_another_plan_changes_nothing() -> None:
    """What the next plan would be made for does not make this one stale."""
    assert staleness(PLAN, settings_of(objective__min_quality=0.5, run__concurrency=3)) == ""


def test_changed_prices_are_named() -> None:
    """The models whose price changed are listed."""
    changed = replace(settings_of(), prices={"gpt-6-sol": Price(input="9", output="99")})
    assert "the price of `gpt-6-sol` changed" in staleness(PLAN, changed)


def test_changed_cards_are_named() -> None:
    """A model that takes less than the plan believes is a change too, and so is another address."""
    changed = replace(
        settings_of(),
        models={"gpt-6-sol": {"max_output_tokens": 9}},
        providers={"openai": {"base_url": "https://example.com/v1"}},
    )
    message = staleness(PLAN, changed)
    assert "model `gpt-6-sol`" in message
    assert "provider `openai`" in message


def test_a_price_that_moved_since_is_noticed() -> None:
    """A plan of August is stale in November, and holds as a study of August."""
    august = datetime(2026, 8, 1, 12, tzinfo=UTC)
    pinned = [{"model": "deepseek-v4-pro"}]
    plan = plan_of(pinned, options=replace(OPTIONS, at=august))
    assert staleness(plan, settings_of(), august) == ""
    assert "the price of `deepseek-v4-pro`" in staleness(plan, settings_of())
    study = plan_of(pinned, options=replace(OPTIONS, at=august, historic=True))
    assert staleness(study, settings_of()) == ""


def test_a_model_that_is_gone_or_has_no_price_any_more_is_named() -> None:
    """What the catalog does not hold any more, or cannot price, is a change and no crash."""
    mine = {
        "provider": "local",
        "model_id": "mine",
        "base_model": "mine",
        "context_tokens": 8192,
        "max_output_tokens": 2048,
    }
    held = settings_of(objective__min_quality=0.5)
    settings = replace(held, models={"mine": mine}, prices={"mine": Price(input="1", output="2")})
    plan = plan_of([{"model": "mine"}], settings)
    assert staleness(plan, settings) == ""
    assert "model `mine`" in staleness(plan, settings_of())
    assert "the price of `mine`" in staleness(plan, settings_of())
    assert "the price of `mine`" in staleness(plan, replace(settings, prices={}))


def test_another_table_of_quality_makes_a_plan_stale() -> None:
    """A plan made on beliefs that changed is made again."""
    old = Plan(msgspec.structs.replace(PLAN.header, quality_digest="sha256:old"), PLAN.assignments)
    assert staleness(old, settings_of()).startswith(
        "the plan is stale: since it was made, the table of believed quality changed"
    )


def test_many_assignments_are_read_from_a_file_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A million of them are never in memory together; the file goes when the plan does."""
    path = written(tmp_path)
    monkeypatch.setattr(plan_file, "_MOST_IN_MEMORY", 1)

    found = read(path)

    assert found.assignments.collect().equals(PLAN.assignments.collect())
    assert isinstance(found.kept, Kept)
    folder = found.kept.folder
    assert folder.is_dir()
    del found
    gc.collect()
    assert not folder.exists()


def test_a_plan_file_starts_no_programs() -> None:
    """A program that the user's own settings do not name is refused, whoever wrote the plan file."""
    gate = GateRules(command=CommandRule(run=("check", "--strict")))
    ruled = replace(settings_of(), rules=(Rule(name="checked", gates=gate), *settings_of().rules))
    own = plan_of([{}], ruled)
    assert staleness(own, ruled) == ""
    forged = Plan(msgspec.structs.replace(PLAN.header, gates={"bulk": gate}), PLAN.assignments)
    assert staleness(forged, settings_of()) == (
        "the plan file would start `check` for rule `bulk`, your settings would not; "
        "make a plan of your own: only settings say which programs are started"
    )
