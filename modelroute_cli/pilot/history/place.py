"""Where the history lies: in the user's data folder, unless settings name another file."""

from collections.abc import Mapping
from pathlib import Path

from modelroute_cli.catalog.settings import Settings

USUAL = Path("modelroute") / "history.db"  # in the data folder

_KEY = "history.file"


def history_file(settings: Settings, env: Mapping[str, str], platform: str) -> Path | None:
    """The file of the history, there or not, kept or not; None where there is no home folder and none is named."""
    named = settings.history.file
    if named is not None:
        return _beside(settings.origins.get(_KEY, ""), Path(named).expanduser())
    folder = data_folder(env, platform)
    return None if folder is None else folder / USUAL


def kept_file(settings: Settings, env: Mapping[str, str], platform: str) -> Path | None:
    """The file that pilots, runs and plans use; None where none is to be used (`history.keep`)."""
    return history_file(settings, env, platform) if settings.history.keep else None


def data_folder(env: Mapping[str, str], platform: str) -> Path | None:
    """The user's data folder on a `platform` (as `sys.platform` names it); None where there is no home.

    `XDG_DATA_HOME` holds everywhere it is set; the specification has relative ones ignored.
    """
    given, home = env.get("XDG_DATA_HOME", ""), env.get("HOME", "")
    if Path(given).is_absolute():
        return Path(given)
    if platform == "win32":
        local = env.get("LOCALAPPDATA", "")
        return Path(local) if local else None
    if not home:
        return None
    return Path(home) / "Library" / "Application Support" if platform == "darwin" else Path(home) / ".local" / "share"


def _beside(origin: str, named: Path) -> Path:
    """A file that a settings file names, from where that lies; from here when an environment variable names it."""
    source = Path(origin).expanduser()
    return (source.parent if source.is_file() else Path()) / named
