"""Every error a user can meet, and the exit code it ends the program with.

    ModelrouteError
    ├── UsageError            2   a flag, a file or a setting is wrong; nothing was sent
    │   ├── SettingsError         settings files, the catalog, overrides
    │   ├── JobFileError          the job file, with its first problems
    │   ├── OutcomesError         a table of recorded outcomes, with its first problems
    │   ├── PlanFileError         not a plan, a stale plan, an unknown format version
    │   ├── RunLockedError        another process holds the run
    │   └── HistoryError          the user's history cannot be read or written; a run goes on without it
    ├── InfeasibleError       3   no plan meets what was asked
    ├── CredentialError       4   a key is missing or was refused
    ├── StorageError        130   the disk refused a write; the run can be resumed
    └── InterruptedRunError 130   the user stopped the run; it can be resumed

Anything else that reaches the top is a bug and ends with 70.
"""

from enum import IntEnum


class ExitCode(IntEnum):
    """What the process returns: the contract for scripts."""

    OK = 0
    SOME_FAILED = 1
    USAGE = 2
    INFEASIBLE = 3
    CREDENTIALS = 4
    WAITING = 5  # handed in (`--detach`): the same command collects the answers later
    BUG = 70
    INTERRUPTED = 130


class ModelrouteError(Exception):
    """An expected error: `message` says what and where, `hint` what to type instead."""

    exit_code = ExitCode.USAGE

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(ModelrouteError):
    """A flag, a file or a setting is wrong."""


class SettingsError(UsageError):
    """A settings file or the catalog made from it is wrong."""


class JobFileError(UsageError):
    """The job file is wrong; the message lists the first problems by line."""


class OutcomesError(UsageError):
    """A table of recorded outcomes is wrong; the message lists the first problems by line."""


class PlanFileError(UsageError):
    """The plan file cannot be used: no plan, unknown version, or stale."""


class RunLockedError(UsageError):
    """Another process is executing this run."""


class HistoryError(UsageError):
    """The store of what was measured before cannot be used."""


class InfeasibleError(ModelrouteError):
    """No plan meets what was asked."""

    exit_code = ExitCode.INFEASIBLE


class CredentialError(ModelrouteError):
    """A key is missing or the provider refused it."""

    exit_code = ExitCode.CREDENTIALS


class StorageError(ModelrouteError):
    """The disk refused a read or a write that the run needs."""

    exit_code = ExitCode.INTERRUPTED


class InterruptedRunError(ModelrouteError):
    """The user stopped the run."""

    exit_code = ExitCode.INTERRUPTED
