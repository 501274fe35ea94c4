"""`--pilot-budget`: what a pilot may cost, in dollars or as a share of the baseline's bill."""

import re
from decimal import Decimal
from fractions import Fraction

from modelroute_cli.base.errors import UsageError
from modelroute_cli.base.money import PicoUSD, from_usd

_SHARE = re.compile(r"(\d+(?:\.\d+)?)\s*%")
_USD = re.compile(r"\d+(?:\.\d+)?")


def ceiling(text: str, bill_pusd: PicoUSD) -> PicoUSD:
    """`5%` of the baseline's bill, rounded down, or so many dollars; UsageError for anything else or more than 100%."""
    share = _SHARE.fullmatch(text.strip())
    if share is not None and Decimal(share[1]) <= 100:  # noqa: PLR2004 - per cent
        return PicoUSD(int(bill_pusd * Fraction(share[1]) / 100))
    if _USD.fullmatch(text.strip()):
        return from_usd(text.strip())
    message = f"--pilot-budget: `{text}` is neither an amount of dollars nor a share"
    raise UsageError(message, hint="type a share of the baseline's bill as in `--pilot-budget 5%`, or dollars: `2.50`")
