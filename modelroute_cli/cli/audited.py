"""Sessions in the audit log: noted before anything is sent, taken in when they end, however they end."""

import os
import pwd
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from modelroute_cli import __version__
from modelroute_cli.base.clock import SystemClock
from modelroute_cli.base.errors import ModelrouteError
from modelroute_cli.catalog.audit import AuditSettings
from modelroute_cli.cli.console import Console
from modelroute_cli.cli.run_order import Order
from modelroute_cli.cli.workspace import AUDIT
from modelroute_cli.execution.audit.chain import hasher_from
from modelroute_cli.execution.audit.place import AuditPlace
from modelroute_cli.execution.audit.trail import Beginning, EndOfSession, Trail, begin, end, run_kind
from modelroute_cli.execution.work import Patience, RunOutcome

_MB = 1_000_000


@dataclass(slots=True)
class SessionAudit:
    """What is known of a session's end."""

    end: EndOfSession = field(default_factory=lambda: EndOfSession(status="interrupted"))

    def ended(self, outcome: RunOutcome) -> RunOutcome:
        """The outcome itself, remembered."""
        self.end = EndOfSession(
            status=outcome.status.value,
            sent=outcome.sent_now,
            accepted=outcome.accepted,
            failed=outcome.failed,
            spent_pusd=outcome.spent_pusd,
            held_pusd=outcome.held_pusd,
        )
        return outcome


@contextmanager
def audited(order: Order, patience: Patience, console: Console) -> Iterator[SessionAudit]:
    """Note a session's beginning, and at its end all that it journaled.

    StorageError and CredentialError before anything is sent; at the end they are a warning, for what was sent is in
    the journal and the next session, or `audit catch-up`, takes it in.
    """
    session = SessionAudit()
    if not order.workspace.settings.audit.keep:
        yield session
        return
    trail, clock = make_trail(order.workspace.settings.audit, os.environ), SystemClock()
    begin(trail, order.folder, _beginning(order, patience), clock.now())
    try:
        yield session
    except ModelrouteError as error:
        session.end = EndOfSession(status=type(error).__name__)
        raise
    finally:
        try:
            end(trail, order.folder, order.plan, session.end, clock.now())
        except ModelrouteError as error:
            console.note(
                f"warning: {error.message}; to take this session in later: modelroute audit catch-up", "warning"
            )


def make_trail(settings: AuditSettings, env: Mapping[str, str]) -> Trail:
    """The log of this folder, as the settings say; CredentialError for a key that is too short."""
    return Trail(
        place=AuditPlace(AUDIT),
        hasher=hasher_from(env, settings.key_env),
        tool_version=__version__,
        user=_user() if settings.user else None,
        host=socket.gethostname() if settings.host else None,
        texts=settings.texts,
        segment_bytes=settings.segment_mb * _MB,
    )


def without_audit_key(env: Mapping[str, str], settings: AuditSettings) -> dict[str, str]:
    """The environment for a program that is not to write the log."""
    return {name: value for name, value in env.items() if name != settings.key_env}


def _beginning(order: Order, patience: Patience) -> Beginning:
    return Beginning(
        plan=order.plan,
        what=run_kind(order.folder.path),
        purpose="cancel" if patience is Patience.CANCEL else "send",
        emulated=order.emulated,
        cap_pusd=order.cap_pusd,
        accepted=order.accepted,
    )


def _user() -> str:
    """The account that runs this, by the system rather than by a variable that anybody can set."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())
