"""Each error a user can meet ends with the exit code of the contract."""

import pytest

from modelroute_cli.base import errors


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (errors.UsageError, 2),
        (errors.SettingsError, 2),
        (errors.JobFileError, 2),
        (errors.PlanFileError, 2),
        (errors.RunLockedError, 2),
        (errors.InfeasibleError, 3),
        (errors.CredentialError, 4),
        (errors.StorageError, 130),
        (errors.InterruptedRunError, 130),
    ],
)
def test_an_error_carries_its_exit_code(kind: type[errors.ModelrouteError], code: int) -> None:
    """Scripts tell the errors apart by their exit codes."""
    assert kind("x").exit_code == code


def test_an_error_keeps_message_and_hint_apart() -> None:
    """The message says what and where, the hint what to type."""
    error = errors.UsageError("no file `a`", hint="try `b`")
    assert (str(error), error.message, error.hint) == ("no file `a`", "no file `a`", "try `b`")


def test_every_error_is_drawn_in_the_tree() -> None:
    """The tree at the top of the module names each class."""
    kinds = [name for name, value in vars(errors).items() if isinstance(value, type) and name.endswith("Error")]
    missing = [name for name in kinds if name not in (errors.__doc__ or "")]
    assert missing == []
