"""Tests of modelroute_cli.emulator.replay.opening: what does not fit is refused before anything is sent."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from msgspec.structs import replace
from support.catalog_room import default_catalog
from support.emulating import UNLIMITED
from support.replaying import CHAT, Row, job_of, outcomes_of

from modelroute_cli.base.errors import ModelrouteError, OutcomesError, SettingsError
from modelroute_cli.base.schema import Request
from modelroute_cli.catalog.hidden_quality import EmulatorDrift, EmulatorReplay
from modelroute_cli.emulator.replay.opening import opened, recorded_in
from modelroute_cli.emulator.replay.recorded import Recorded


def recorded(folder: Path, rows: Sequence[Row] = (), replay: EmulatorReplay | None = None) -> Recorded | None:
    """What is opened for a job of one request, `r1`."""
    job = job_of(folder, [Request(custom_id="r1", prompt="x")])
    settings = replace(UNLIMITED, replay=replay or EmulatorReplay())
    return recorded_in(outcomes_of(folder, rows) if rows else None, job.frame, default_catalog(), settings)


def refused(folder: Path, rows: Sequence[Row] = (), replay: EmulatorReplay | None = None) -> ModelrouteError:
    """Why not, with the folder taken out of the text."""
    with pytest.raises((OutcomesError, SettingsError)) as caught:
        recorded(folder, rows, replay)
    error = caught.value
    return type(error)(error.message.replace(f"{folder}/", ""), hint=error.hint)


def test_outcomes_of_another_job_are_refused(tmp_path: Path) -> None:
    """With an id of each, as they often differ by a prefix."""
    error = refused(tmp_path, [Row("set/r1", CHAT, 1.0)])
    assert error.message == "`outcomes.parquet` has no outcome of any request of this job"
    assert error.hint == "its first `custom_id` is `set/r1`, the job's is `r1`: they must be equal"


def test_models_that_the_catalog_does_not_have_are_refused(tmp_path: Path) -> None:
    """Each once, where it comes first; variants by effort are known."""
    rows = [Row("r1", "gpt-5@high", 1.0), Row("r1", "mistral-smal", 1.0), Row("r2", "mistral-smal", 1.0)]
    assert refused(tmp_path, rows).message.split("\n")[1:] == [
        "outcomes.parquet:2: model: unknown model `mistral-smal`",
        "hint: did you mean `mistral-small`?",
    ]
    found = recorded(tmp_path, rows[:1])
    assert found is not None
    assert found.models == ("gpt-5@high",)


@pytest.mark.parametrize(
    ("replay", "where"),
    [
        (EmulatorReplay(qualities={"email": {"gpt5": 1.0}}), "qualities.email"),
        (EmulatorReplay(gate_catch={"gpt5": 1.0}), "gate_catch"),
        (EmulatorReplay(judges={"gpt5": 1.0}), "judges"),
        (EmulatorReplay(drift=(EmulatorDrift(model="gpt5", after_s=1, quality=0.5),)), "drift"),
    ],
)
def test_models_that_settings_name_must_be_known(replay: EmulatorReplay, where: str, tmp_path: Path) -> None:
    """Anywhere."""
    error = refused(tmp_path, replay=replay)
    assert error.message == f"`emulator.replay.{where}` names the model `gpt5`, which is not known"
    assert error.hint == "did you mean `gpt-5`?"


def test_a_drift_begins_at_some_time(tmp_path: Path) -> None:
    """After requests or seconds."""
    error = refused(tmp_path, replay=EmulatorReplay(drift=(EmulatorDrift(model="gpt-5", quality=0.5),)))
    assert error.message == "`emulator.replay.drift`: the drift of `gpt-5` (number 1) never begins"
    assert error.hint == "give it `after_requests: 500` or `after_s: 60`"


def test_any_model_may_be_meant(tmp_path: Path) -> None:
    """By `*`; without outcomes there is nothing to read."""
    assert recorded(tmp_path, replay=EmulatorReplay(qualities={"*": {"*": 0.5, "gpt-5": 1.0}})) is None


def test_what_was_opened_is_closed(tmp_path: Path) -> None:
    """Also where its use fails."""
    job = job_of(tmp_path, [Request(custom_id="r1", prompt="x")])
    with pytest.raises(KeyError), opened(job, None, default_catalog(), UNLIMITED):
        raise KeyError
