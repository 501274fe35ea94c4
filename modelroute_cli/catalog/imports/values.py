"""Single values of somebody else's JSON, held to what they may be; money is exact and never a float."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import ROUND_CEILING, Decimal, localcontext

from modelroute_cli.base.schema import Modality
from modelroute_cli.catalog.imports.found import Json, UnfitError

PER_TOKEN = 6  # decimal places between a price per token and one per million tokens
PER_MTOK = 0
_NUMBER = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,3})?")
_MOST_DIGITS = 60
_MOST_USD_PER_MTOK = 10_000_000
_DECIMALS = Decimal("1e-12")  # what a price in a settings file can hold
_MOST_TOKENS = 100_000_000


def section(fields: Json, key: str) -> Json:
    """The mapping of that name; an empty one where there is none."""
    found = fields.get(key)
    return found if isinstance(found, Mapping) else {}


def words(fields: Json, key: str) -> tuple[str, ...]:
    """The texts of a list; none where there is no list."""
    found = fields.get(key)
    return tuple(item for item in found if isinstance(item, str)) if isinstance(found, list) else ()


def flag(fields: Json, key: str) -> bool | None:
    """A truth value; None where nothing is said."""
    found = fields.get(key)
    return found if isinstance(found, bool) else None


def tokens(fields: Json, *keys: str) -> int | None:
    """The first of these that is a number of tokens (`4096.0` is one); None when none is."""
    for key in keys:
        found = fields.get(key)
        if isinstance(found, int | Decimal) and not isinstance(found, bool) and 0 < found <= _MOST_TOKENS:
            return int(found)
    return None


def day(fields: Json, key: str) -> str | None:
    """An ISO date; None for anything else."""
    found = fields.get(key)
    try:
        return date.fromisoformat(found).isoformat() if isinstance(found, str) else None
    except ValueError:
        return None


def usd_per_mtok(fields: Json, key: str, scale: int) -> Decimal | None:
    """Dollars per million tokens, exact up to 12 decimals, else rounded up there; None where nothing is said.

    `scale` is PER_TOKEN or PER_MTOK. UnfitError for a price below 0, beyond what settings hold, or no number.
    """
    found = fields.get(key)
    if found is None:
        return None
    with localcontext(prec=2 * _MOST_DIGITS):
        amount = _number(found, key).scaleb(scale)
        if not 0 <= amount < _MOST_USD_PER_MTOK:
            message = f"`{key}` is no price" if amount else "no price"
            raise UnfitError(message)
        return amount.quantize(_DECIMALS, rounding=ROUND_CEILING).normalize()


def _number(found: object, key: str) -> Decimal:
    """A number, or a text that is one."""
    is_text = isinstance(found, str) and _NUMBER.fullmatch(found) is not None
    is_number = isinstance(found, int | Decimal) and not isinstance(found, bool)
    number = Decimal(str(found)) if is_text or is_number else None
    if number is None or not number.is_finite() or _is_long(number):
        message = f"`{key}` is no number"
        raise UnfitError(message)
    return number


def _is_long(number: Decimal) -> bool:
    """Whether it has more digits than any price."""
    return len(number.as_tuple().digits) > _MOST_DIGITS or abs(number.adjusted()) > _MOST_DIGITS


def modalities(listed: tuple[str, ...], *, image: bool) -> tuple[Modality, ...]:
    """Text, and images where they are listed and `image` holds: a job file has no others yet."""
    return (Modality.TEXT, Modality.IMAGE) if image and "image" in listed else (Modality.TEXT,)
