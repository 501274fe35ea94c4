"""`modelroute models import`: YAML on stdout or in a file that was not there, and what was left out on stderr."""

import gzip
import io
import os

import pytest
from support.catalog_room import default_catalog
from support.cli import Cli
from support.model_lists import LITELLM, one
from support.shared import shared_data

from modelroute_cli.base.errors import ExitCode

NOON_2026_11_20 = 1_795_176_000


def listed(cli: Cli, text: str | bytes = LITELLM) -> str:
    """A list in the folder, of a known day."""
    path = cli.write("list.json", text)
    os.utime(path, (NOON_2026_11_20, NOON_2026_11_20))
    return path.name


def test_stdout_is_a_settings_file_and_nothing_else(cli: Cli) -> None:
    """What was left out goes to stderr."""
    done = cli("models", "import", listed(cli), "--only", "gpt-5")
    assert done.code == ExitCode.OK
    assert done.out.startswith(
        "# LiteLLM's model map, list.json of 2026-11-20: 1 imported by `modelroute models import`.\n"
    )
    assert done.err == "1 model of LiteLLM's model map, list.json of 2026-11-20\n"
    cli.write("modelroute.yaml", done.out)
    assert "$1.500" in cli("models", "gpt-5", "gpt-5").out


def test_reasons_are_counted(cli: Cli) -> None:
    """One line a reason."""
    done = cli("models", "import", listed(cli))
    assert done.err.splitlines() == [
        "left out 1: in the catalog already (name it with --only to take this price)",
        "left out 1: no limits of its input and output",
        "left out 1: no price",
        "left out 1: not chat",
        "left out 1: of a provider that is not known: `azure` (add yours under `providers:`)",
        "left out 1: reasoning tokens cost more than output",
        "2 models of LiteLLM's model map, list.json of 2026-11-20",
    ]


def test_a_file_is_written_with_what_to_type_next(cli: Cli) -> None:
    """The models can be used at once."""
    done = cli("models", "import", listed(cli), "--only", "nova-1", "-o", "more.yaml")
    assert (done.code, done.out) == (ExitCode.OK, "")
    assert done.err == (
        "left out 1: of a provider that is not known: `azure` (add yours under `providers:`)\n"
        "Wrote 1 model of LiteLLM's model map, list.json of 2026-11-20 to more.yaml\n"
        "Next: modelroute models --config more.yaml\n"
    )
    assert "nova-1" in cli("models", "--config", "more.yaml").out


def test_a_file_that_is_there_is_not_touched(cli: Cli) -> None:
    """Unless --force says so."""
    cli.write("modelroute.yaml", "objective: {min_quality: 0.9}\n")
    done = cli("models", "import", listed(cli), "-o", "modelroute.yaml")
    assert done.code == ExitCode.USAGE
    assert done.err == (
        "error: `modelroute.yaml` is there already\nhint: name another file, or add --force to replace it\n"
    )
    assert (cli.folder / "modelroute.yaml").read_text("utf-8") == "objective: {min_quality: 0.9}\n"
    assert cli("models", "import", listed(cli), "-o", "modelroute.yaml", "--force").code == ExitCode.OK
    assert "nova-1" in (cli.folder / "modelroute.yaml").read_text("utf-8")


def test_nothing_taken_is_an_error_and_no_file(cli: Cli) -> None:
    """The reasons stand above it."""
    done = cli("models", "import", listed(cli, one({"mode": "embedding"})), "-o", "more.yaml")
    assert (done.code, done.out) == (ExitCode.USAGE, "")
    assert done.err == (
        "left out 1: not chat\n"
        "error: no model of `list.json` could be taken\n"
        "hint: the lines above say why; nothing was written\n"
    )
    assert not (cli.folder / "more.yaml").exists()


def test_a_file_that_is_not_there_is_told(cli: Cli) -> None:
    """By its name."""
    done = cli("models", "import", "nowhere.json")
    assert (done.code, done.err) == (
        ExitCode.USAGE,
        (
            "error: `nowhere.json` cannot be read: No such file or directory\n"
            "hint: give the file of a list, as downloaded\n"
        ),
    )
    assert "error: `.` cannot be read: Is a directory\n" in cli("models", "import", ".").err


def test_a_folder_that_is_not_there_is_told(cli: Cli) -> None:
    """Nothing is made on the way."""
    done = cli("models", "import", listed(cli), "-o", "nowhere/more.yaml")
    assert done.code == ExitCode.USAGE
    assert "error: `nowhere/more.yaml` cannot be written: No such file or directory\n" in done.err


def test_a_folder_is_not_replaced_and_nothing_is_left_behind(cli: Cli) -> None:
    """Even with --force."""
    (cli.folder / "kept").mkdir()
    done = cli("models", "import", listed(cli), "-o", "kept", "--force")
    assert done.code == ExitCode.USAGE
    assert "error: `kept` cannot be written: Is a directory\n" in done.err
    assert list(cli.folder.glob(".kept*")) == []


def test_stdin_is_a_list_of_today(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """`curl ... | modelroute models import -`."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(gzip.compress(LITELLM.encode()))))
    done = cli("models", "import", "-", "--only", "nova-1")
    assert done.code == ExitCode.OK
    assert done.err.splitlines()[1].startswith("1 model of LiteLLM's model map, stdin of 20")


def test_names_of_a_stranger_cannot_write_to_the_terminal(cli: Cli) -> None:
    """Control characters are shown as `?`."""
    done = cli("models", "import", listed(cli, one({}, "nova\x1b[31m-9")), "--only", "nova*")
    assert "left out `nova?[31m-9`: its id is no name\n" in done.err


def test_import_is_a_command_and_no_model(cli: Cli) -> None:
    """Its help is its own; `models` takes names as ever."""
    assert "Usage: modelroute models import [OPTIONS] {FILE}" in cli("models", "import", "--help").out
    assert "Usage: modelroute models [OPTIONS] [NAME]..." in cli("models", "--help").out
    assert "models import" in cli("models", "--help").out
    assert cli("models", "gpt-5").code == ExitCode.OK


def test_names_may_be_given_together_or_again(cli: Cli) -> None:
    """With commas, or with another --only."""
    together = cli("models", "import", listed(cli), "--only", "nova-1,gpt-5", "--only", "gemini/*")
    assert "3 models of LiteLLM's model map" in together.err


def test_without_a_file_the_hint_names_the_command(cli: Cli) -> None:
    """Both of its words."""
    done = cli("models", "import")
    assert done.err == "error: Missing argument 'FILE'.\nhint: modelroute models import --help\n"


def test_litellms_whole_map_loads(cli: Cli) -> None:
    """Thousands of entries; all that is taken is listed with a price."""
    done = cli("models", "import", str(shared_data("litellm_model_map_1.109.1.json.gz")), "-o", "all.yaml")
    assert done.code == ExitCode.OK
    models = cli("models", "--config", "all.yaml", "--json").json["models"]
    assert isinstance(models, list)
    assert [model["name"] for model in models if not model["prices"]] == []
    assert f"Wrote {len(models) - len(default_catalog().models)} models of LiteLLM's model map" in done.err
    assert len(models) > len(default_catalog().models) + 50
