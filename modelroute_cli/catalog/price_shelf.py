"""List prices of past lookups, kept in the user's cache folder.

Problem: loading the price library takes 0.2 s of CPU (an HTTP client, validators, and every model of every provider),
more than the work of a small plan. Solution: what it said of a model on a day is kept, under a stamp of the library's
version and files and of our own reading of it. A shelf that is damaged, of another stamp or open to others is passed
over, and one that cannot be written is done without: the library is asked instead.
"""

import hashlib
import os
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from functools import cache
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from tempfile import NamedTemporaryFile

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from modelroute_cli import __version__
from modelroute_cli.base.schema import ServiceTier
from modelroute_cli.catalog.list_prices import DayPrices

MOST_DAYS = 8
_PACKAGE = "genai_prices"
_FILE = Path("modelroute") / "list-prices.json"
_OPEN_TO_OTHERS = 0o022
_DIGEST_BYTES = 64  # hex, before the JSON it is of

_Tiers = dict[ServiceTier, DayPrices]  # empty for a model that is not priced
_Prices = dict[str, _Tiers]  # by provider and model


class Shelf(Struct, frozen=True, forbid_unknown_fields=True):
    """What the price library said, by day: a model without tiers is one that it does not price."""

    stamp: str
    library: str
    days: dict[str, _Prices]


class PriceShelf:
    """The list prices of one cache folder (None: nothing is kept), asked of the library where they are not there."""

    def __init__(self, folder: Path | None, stamp: str) -> None:
        self._path = None if folder is None else folder / _FILE
        self._shelf = _read(self._path, stamp) or Shelf(stamp, _installed(), {})

    @property
    def library(self) -> str:
        """The price library and its version, as sources name it."""
        return self._shelf.library

    def tier_prices(self, provider: str, model: str, day: date) -> Mapping[ServiceTier, DayPrices]:
        """The prices of each tier that a model is sold at on a UTC day; none when it has no standard price."""
        known = self._shelf.days.get(day.isoformat(), {})
        place = f"{provider}/{model}"
        if place not in known:
            from modelroute_cli.catalog.price_library import tier_prices  # noqa: PLC0415 - 0.2 s

            known[place] = tier_prices(provider, model, day)
            self._keep(day, known)
        return known[place]

    def _keep(self, day: date, known: _Prices) -> None:
        """Write all down, the day last asked for first."""
        others = ((name, prices) for name, prices in self._shelf.days.items() if name != day.isoformat())
        days = {day.isoformat(): known, **dict(islice(others, MOST_DAYS - 1))}
        self._shelf = replace(self._shelf, days=days)
        if self._path is not None:
            with suppress(OSError):  # a cache is no promise
                _write(self._path, self._shelf)


@cache
def users_shelf() -> PriceShelf:
    """The shelf of whoever runs this program."""
    return PriceShelf(cache_folder(os.environ), library_stamp())


def cache_folder(env: Mapping[str, str]) -> Path | None:
    """The user's cache folder; None where there is no home."""
    given, home = env.get("XDG_CACHE_HOME", ""), env.get("HOME", "")
    if Path(given).is_absolute():  # the specification has relative ones ignored
        return Path(given)
    return Path(home) / ".cache" if home else None


def library_stamp() -> str:
    """Changes whenever the price library, its prices or our reading of them may have changed."""
    spec = find_spec(_PACKAGE)
    package = Path(spec.origin).parent if spec and spec.origin else Path(__file__).parent
    installed = sorted(path.name for path in package.parent.glob(f"{_PACKAGE}-*.dist-info"))  # its version
    files = [*sorted(package.glob("*.py")), *sorted(Path(__file__).parent.glob("*price*.py"))]
    states = [(path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in files]
    return hashlib.sha256(msgspec.json.encode((__version__, str(package), installed, states))).hexdigest()


def _installed() -> str:
    """The price library and its version."""
    from importlib.metadata import version  # noqa: PLC0415 - a mail parser for one line

    return f"genai-prices {version('genai-prices')}"


def _read(path: Path | None, stamp: str) -> Shelf | None:
    """The shelf; None where it is not there, not whole, not of this library, or not the user's alone."""
    try:
        if path is None or path.stat().st_mode & _OPEN_TO_OTHERS:
            return None
        told = path.read_bytes()
        digest, body = told[:_DIGEST_BYTES], told[_DIGEST_BYTES:]
        if hashlib.sha256(body).hexdigest().encode() != digest:
            return None
        shelf = msgspec.json.decode(body, type=Shelf)
    except (OSError, msgspec.DecodeError):
        return None
    return shelf if shelf.stamp == stamp else None


def _write(path: Path, shelf: Shelf) -> None:
    """Written aside, then renamed; for the user's eyes alone (mode 600)."""
    body = msgspec.json.encode(shelf)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as aside:
        try:
            aside.write(hashlib.sha256(body).hexdigest().encode() + body)
            aside.close()
            Path(aside.name).replace(path)
        except OSError:
            Path(aside.name).unlink(missing_ok=True)
            raise
