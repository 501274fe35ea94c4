"""docs/audit.md says what the audit log does."""

import re
from pathlib import Path

from msgspec.structs import fields

from modelroute_cli.catalog.audit import AuditSettings
from modelroute_cli.cli.app import joined
from modelroute_cli.execution.audit.entries import AnyEntry

TEXT = (Path(__file__).parents[2] / "docs" / "audit.md").read_text(encoding="utf-8")
SAID = " ".join(TEXT.split())


def test_every_command_in_it_is_one() -> None:
    """As it is typed."""
    commands = re.findall(r"^modelroute (audit(?: [a-z]+(?:-[a-z]+)?)?)", TEXT, re.MULTILINE)
    assert commands == [
        "audit",
        "audit verify",
        "audit show",
        "audit export",
        "audit check-text",
        "audit catch-up",
        "audit prune",
    ]
    assert [joined(command.split()) for command in commands] == [[command] for command in commands]


def test_every_kind_of_entry_has_its_row() -> None:
    """And no other."""
    table = TEXT.partition("| kind |")[2].partition("\n\n")[0]
    told = re.findall(r"`([a-z]+)`", " ".join(re.findall(r"^\| ([^|]*) \|", table, re.MULTILINE)))
    kinds = {kind.__struct_config__.tag for kind in AnyEntry.__args__}
    assert set(told) == kinds


def test_its_settings_are_settings() -> None:
    """Each that it names."""
    named = set(re.findall(r"`audit\.([a-z_]+)", TEXT)) - {"json"}
    assert named <= {field.name for field in fields(AuditSettings)}
    assert AuditSettings().key_env in TEXT
    assert "at least 16 bytes" in SAID
