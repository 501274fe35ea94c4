"""An upload that comes in pieces."""

from dataclasses import dataclass, field

from modelroute_cli.emulator.batches.spool import Spool


@dataclass(slots=True, kw_only=True)
class Upload:
    """An upload that has begun, with what was announced of it."""

    display_name: str
    mime_type: str
    content: Spool = field(default_factory=Spool)
