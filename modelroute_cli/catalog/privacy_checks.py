"""Whether what `privacy` lists can be understood: domains, addresses, patterns that compile, and terms to be hidden."""

import re

from modelroute_cli.base.errors import SettingsError
from modelroute_cli.catalog.settings import Settings

LEAST_TERM_CHARS = 2  # of what is hidden wherever it stands
_NAME = re.compile(r"(?:[^\s@/]*@)?[^\s@/]+\.[^\s@/.]+")
_KEY = "privacy.ignore"


def check_privacy(settings: Settings) -> Settings:
    """The settings themselves; SettingsError, with the file that says so, at the first entry that is none of these."""
    for entry in settings.privacy.ignore:
        where = f"{settings.origins.get(_KEY, 'defaults')}: `{_KEY}`: `{entry}`"
        if len(entry) > 2 and entry[0] == entry[-1] == "/":  # noqa: PLR2004 - two slashes and something between
            _check_pattern(where, entry[1:-1])
        elif _NAME.fullmatch(entry) is None:
            message = f"{where} is no domain, no address and no pattern"
            raise SettingsError(message, hint='write `acme.com`, `anna@acme.com`, or a pattern as "/0800 .*/"')
    _check_terms(settings)
    return settings


def _check_terms(settings: Settings) -> None:
    """SettingsError at the first term of one character: it would be hidden everywhere."""
    for term in settings.privacy.redact_terms:
        if len("".join(term.split())) < LEAST_TERM_CHARS:
            where = settings.origins.get("privacy.redact_terms", "defaults")
            message = f"{where}: `privacy.redact_terms`: `{term}` is too short"
            raise SettingsError(message, hint=f"write terms of at least {LEAST_TERM_CHARS} characters")


def _check_pattern(where: str, pattern: str) -> None:
    """SettingsError where a regular expression is none."""
    try:
        re.compile(pattern)
    except re.error as error:
        message = f"{where} is no regular expression: {error.msg} at character {(error.pos or 0) + 1}"
        raise SettingsError(
            message, hint="close every bracket; a literal `(`, `.` or `+` has a `\\` before it"
        ) from error
