"""What `--control` says: the share of the requests that the baseline answers as well."""

from modelroute_cli.base.errors import UsageError


def read_share(text: str | None) -> float | None:
    """A share in [0,1] from `1%` or `0.01`; None where nothing was said, UsageError for anything else."""
    if text is None:
        return None
    number, scale = (text[:-1], 100.0) if text.endswith("%") else (text, 1.0)
    try:
        share = float(number) / scale
    except ValueError:
        share = -1.0
    if not 0.0 <= share <= 1.0:
        message = f"--control: `{text}` is no share of the requests"
        raise UsageError(message, hint="type a percentage, such as `--control 1%`")
    return share
