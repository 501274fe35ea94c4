"""How much personal data was found, in a line: counts alone, never what was found."""

from collections.abc import Mapping

from modelroute_cli.base.schema import PersonalData
from modelroute_cli.report.screen import Line, Screen

KIND_NAMES: Mapping[str, str] = {
    PersonalData.EMAIL: "e-mail addresses",
    PersonalData.PHONE: "phone numbers",
    PersonalData.IBAN: "IBANs",
    PersonalData.CARD: "payment cards",
    PersonalData.NATIONAL_ID: "national identity numbers",
}


def personal_lines(counts: Mapping[str, int]) -> Screen:
    """`Personal data found: e-mail addresses in 812 requests, IBANs in 3 (counted here, never logged)`; or no line."""
    found = [(KIND_NAMES[kind], counts[kind]) for kind in PersonalData if counts.get(kind)]
    if not found:
        return ()
    (name, count), *others = found
    first = f"{name} in {count:,} {'request' if count == 1 else 'requests'}"
    listed = ", ".join([first, *(f"{name} in {count:,}" for name, count in others)])
    return (Line(f"Personal data found: {listed} (counted here, never logged)"),)
