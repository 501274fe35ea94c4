"""`modelroute init`: a settings file and a sample job file to start from."""

import shlex
from importlib import resources
from pathlib import Path

from modelroute_cli.base.errors import ExitCode, StorageError
from modelroute_cli.cli.console import Console
from modelroute_cli.cli.flags import InitFlags

_FILES = {"modelroute.yaml": "init_settings.yaml", "sample.jsonl": "init_jobs.jsonl"}
_PILOT_FILES = {
    **{name: f"company_pilot/{name}" for name in ("README.md", "use-case.md", "kpis.yaml", "modelroute.yaml")},
    "sample.jsonl": "init_jobs.jsonl",
}


def init(flags: InitFlags, console: Console) -> ExitCode:
    """Write what is not there yet; a file that exists is left as it is."""
    for name, shipped in (_PILOT_FILES if flags.pilot else _FILES).items():
        path = flags.folder / name
        written = _write_new(path, resources.files("modelroute_cli").joinpath("data", *shipped.split("/")).read_bytes())
        console.say(f"wrote {path}" if written else f"kept {path}, it was there before")
    if flags.pilot:
        console.note(f"\nWhat to do with it, step by step: {flags.folder / 'README.md'}")
    sample = shlex.quote(str(flags.folder / "sample.jsonl"))
    console.note(f"\nTo see what the sample would cost, run:\n    modelroute plan {sample}")
    return ExitCode.OK


def _write_new(path: Path, text: bytes) -> bool:
    """Write a file that is not there; False when it is. StorageError when the disk refuses."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            file.write(text)
    except OSError as error:
        if isinstance(error, FileExistsError) and path.parent.is_dir():
            return False
        message = f"cannot write `{path}`: {error.strerror}"
        raise StorageError(message, hint="choose a folder you may write to") from error
    return True
