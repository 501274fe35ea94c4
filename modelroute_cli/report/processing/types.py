"""What a record of processing says: who receives what, where and under which terms, and what is kept here."""

from typing import Literal

from msgspec import Struct

from modelroute_cli.catalog.processing import ProcessingSettings

OutsideEea = Literal["no", "yes", "unknown"]


class Counted(Struct, frozen=True):
    """A category and how many it is said of."""

    name: str
    count: int


class Terms(Struct, frozen=True, kw_only=True):
    """What the catalog knows of what becomes of texts; None and empty are unknown."""

    regions: tuple[str, ...]
    outside_eea: OutsideEea  # no: processed in the EU or on this machine alone
    retention_days: int | None
    zero_retention: str | None  # always, on_request, no
    trains_on_data: bool | None
    source: str  # where that was read, and when; empty: nobody says


class Sent(Struct, frozen=True, kw_only=True):
    """Categories of the requests that one recipient got, in requests, the most frequent first.

    None: the job file is not there any more, so that nobody can say.
    """

    data_classes: tuple[Counted, ...]  # `not said`: rows that name none
    personal_data: tuple[Counted, ...]  # kinds found; a help, no guarantee
    modalities: tuple[Counted, ...]
    languages: tuple[Counted, ...]


class Recipient(Struct, frozen=True, kw_only=True):
    """One provider (and the one behind it), with all models of the same terms."""

    provider: str
    host: str
    upstream: str | None  # behind a gateway; None: the provider itself, or whomever it picks
    models: tuple[str, ...]
    terms: Terms
    requests: int  # each once
    transmissions: int  # attempts, judges' questions among them; of a plan those of its assignments
    purposes: tuple[Counted, ...]  # transmissions by what they were for
    service_tiers: tuple[Counted, ...]
    stored_as_files: bool  # handed in as files of many requests, which providers keep for a time
    first_at: str | None  # ISO, UTC
    last_at: str | None
    redacted: int  # transmissions in which something was replaced
    emulated: int  # transmissions that went to an emulator on this machine and to nobody else
    sent: Sent | None
    possible: bool = False  # of a plan: nothing is assigned to it, a fallback, escalation, judge or comparison may be


class Subject(Struct, frozen=True, kw_only=True):
    """A run, or a plan that was not run."""

    kind: Literal["run", "plan"]
    name: str
    source: str
    requests: int
    emulated: bool
    redaction: bool  # whether values are replaced before sending, by the settings


class Kept(Struct, frozen=True, kw_only=True):
    """Something that stays on this machine."""

    what: str
    where: str


class Record(Struct, frozen=True, kw_only=True):
    """All of it."""

    kind: Literal["processing"] = "processing"
    made_at: str
    tool_version: str
    responsible: ProcessingSettings
    subjects: tuple[Subject, ...]
    recipients: tuple[Recipient, ...]
    kept: tuple[Kept, ...]
    notes: tuple[str, ...]
