"""What replies say of their model and account beside the answer: pace, rate limits, outages, quotas, refused keys.

It keeps lanes and circuit breakers in step, and tells what happens to the run as a whole. Some time into an outage, and
at once for a long wait that a provider names, the requests of a model go elsewhere where they can; those that cannot
wait as long as patience reaches.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from math import inf

from modelroute_cli.base.clock import Clock
from modelroute_cli.catalog.cards import ModelCard
from modelroute_cli.execution.breaker import Change
from modelroute_cli.execution.dispatch import Start
from modelroute_cli.execution.lane import taken_of
from modelroute_cli.execution.limits import Closing, Lanes
from modelroute_cli.execution.records import EventKind
from modelroute_cli.execution.retry import (
    CALM,
    OF_AN_OUTAGE,
    POSSIBLY_BILLED,
    Decision,
    PauseModel,
    RetryPolicy,
    Setting,
    StopModel,
    StopProvider,
    describe,
)
from modelroute_cli.execution.routes import Routes
from modelroute_cli.execution.vitals import Vital, VitalSigns
from modelroute_cli.providers.base import Answer, Failure, FailureKind, Reply

Tell = Callable[[EventKind | None, str, str], None]
"""What happened (None: worth a notice, no event), to which model or provider, in words for people."""

_PAUSE_WORTH_TELLING_S = 5.0
_ELSEWHERE_AFTER_S = 120.0  # of an outage; judgement
_COSTLY_PROBE_S = 15.0  # after a probe that may have been billed
_LONG_DAY_WAIT_S = 900.0  # for a limit of the day: beyond it another model is the better answer
_UNPROBED_S = 60.0  # with all requests of a model elsewhere nobody probes it: after so long one may be sent there again


class Health:
    """The health of all models and accounts of a run; times are seconds of its steady clock."""

    def __init__(self, lanes: Lanes, routes: Routes, policy: RetryPolicy, clock: Clock, tell: Tell) -> None:
        self._lanes = lanes
        self._routes = routes
        self._policy = policy
        self._clock = clock
        self._tell = tell
        self._vitals = VitalSigns(routes.models)
        self._told_until = 0.0

    def sent(self, start: Start) -> None:
        """An attempt was started: where a breaker is open, it is the probe."""
        for vital in self._vitals.known(start.ticket.model):
            if vital.breaker.is_open:
                vital.breaker.sent(start.ticket.assigned.row)
                vital.hold()

    def heard(self, start: Start, reply: Reply) -> Setting:
        """Let lanes and breakers learn from the reply; what a failure is to be seen in."""
        now = self._clock.monotonic()
        if isinstance(reply, Answer):
            self._answered(start, reply, now)
            return CALM
        is_stray = self._limited(start, reply, now)
        limited_for_s = self._limited_for_s(start, now)
        if reply.kind in OF_AN_OUTAGE:
            self._failed(start, reply, now)
            return self._setting(start, limited_for_s)
        for vital in self._vitals.of(start):
            vital.breaker.ended(start.ticket.assigned.row, now)
            vital.hold()
        return replace(self._setting(start, limited_for_s), is_stray=is_stray)

    def obey(self, model: str, decision: Decision) -> None:
        """Shut the model, for a while or for the rest of the run, or its whole account."""
        card = self._routes.models[model]
        match decision:
            case StopProvider(reason=reason):
                self._close(card.provider, None, reason)
            case StopModel(reason=reason):
                self._close(card.provider, model, reason)
            case PauseModel():
                self._pause(model, decision, self._clock.monotonic())
            case _:
                pass

    def closing(self, card: ModelCard) -> Closing | None:
        """What keeps requests from a model now; None when nothing does, or not for longer."""
        found = self._lanes.closing(card)
        if found is None or not found.may_pass or not self._is_due(card.name):
            return found
        for vital in self._vitals.known(card.name):
            self._lanes.reopen(vital.provider, vital.model)
        return None

    def closed(self, card: ModelCard) -> str | None:
        """Why nothing may be sent to a model now; None when it may."""
        found = self.closing(card)
        return None if found is None else found.reason

    def _setting(self, start: Start, limited_for_s: float) -> Setting:
        """What a failure of a model is to be seen in."""
        own, account = (vital.breaker for vital in self._vitals.of(start))
        answers = self._vitals.of(start).own.answers
        return Setting(limited_for_s, own.is_open or account.is_open, own.openings + account.openings, answers)

    def _answered(self, start: Start, answer: Answer, now: float) -> None:
        start.passage.answered(answer.rate, now, start.sent)
        if answer.usage is not None:
            start.passage.used(start.sent, taken_of(answer.usage), now)
        row, vitals = start.ticket.assigned.row, self._vitals.of(start)
        self._end_day(start, now)
        for vital in vitals:
            vital.answers += 1
            down_s = vital.breaker.down_for_s(now)
            if vital.breaker.answered(row, now) is Change.RECOVERED:
                vital.lane.window.restart()
                self._tell(EventKind.RECOVERED, vital.name, f"{vital.told} answers again, after {down_s:.0f} s")
                self._reopened(vital)
            vital.failing.clear()
            if vital.paused_since is not None and start.sent.at > vital.paused_since:  # what came before is old news
                vital.paused_since, vital.paused_until = None, -inf
                self._reopened(vital)

    def _reopened(self, vital: Vital) -> None:
        """Requests may go there again; those that wait for others are looked at anew."""
        vital.hold()
        if self._lanes.reopen(vital.provider, vital.model):
            self._lanes.renew()

    def _limited(self, start: Start, failure: Failure, now: float) -> bool:
        """Let the lanes learn from a failure; whether it is a 429 that no pace avoids.

        A long wait is the model's own: other models of the account find out by themselves whether it is theirs too.
        """
        asked_s = failure.retry_after_s
        if failure.kind is not FailureKind.RATE_LIMITED:
            start.passage.released()
        elif asked_s is not None and asked_s > self._policy.retry_after_max_s:
            start.passage.released()
            start.passage.model.learn(failure.rate, now, start.sent)
        else:
            pause_s = start.passage.rate_limited(start.sent, asked_s, failure.rate, now)
            if pause_s is None:
                return True
            self._tell_pause(start.ticket.model, pause_s, now)
        return False

    def _limited_for_s(self, start: Start, now: float) -> float:
        """For how many seconds nothing but 429s came back."""
        paused_since = self._vitals.of(start).own.paused_since
        paused_s = 0.0 if paused_since is None else now - paused_since
        return max(start.passage.limited_for_s(now), paused_s)

    def _failed(self, start: Start, failure: Failure, now: float) -> None:
        """Let the breakers know of a failure that an outage brings.

        One of a request that failed before while others were answered tells of that request, not of an outage.
        """
        row, vitals, history = start.ticket.assigned.row, self._vitals.of(start), start.ticket.history
        asked_s = min(failure.retry_after_s or 0.0, self._policy.patience_s)
        costly_s = _COSTLY_PROBE_S if failure.kind in POSSIBLY_BILLED else 0.0
        tells = not history.failures or history.answers == vitals.own.answers
        vitals.account.failing.add(start.ticket.model)
        for vital in vitals:
            if tells or vital.breaker.is_open:
                may_open = vital.model is not None or len(vital.failing) > 1
                wait_s = max(asked_s, costly_s) if vital.breaker.is_open else asked_s
                self._follow(vital, vital.breaker.failed(row, now, wait_s, may_open=may_open), failure, now)

    def _follow(self, vital: Vital, change: Change, failure: Failure, now: float) -> None:
        """What follows when a breaker opened, or one more probe of it failed."""
        vital.hold()
        if change is Change.OPENED:
            text = f"{vital.told} fails everything ({describe(failure)}): it is only probed until it answers"
            self._tell(EventKind.OPENED, vital.name, text)
        elif change is Change.STILL_DOWN:
            self._still_down(vital, describe(failure), vital.breaker.down_for_s(now))

    def _still_down(self, vital: Vital, reason: str, down_s: float) -> None:
        """Patience ends in steps: first elsewhere, then the end."""
        reason = f"{reason} (no answer for {down_s:.0f} s)"
        if down_s >= self._policy.patience_s:
            self._close(vital.provider, vital.model, reason)
        elif down_s >= _ELSEWHERE_AFTER_S and self._shut(vital, reason):
            self._tell(None, vital.name, f"the requests of {vital.told} go elsewhere where they can: {reason}")

    def _pause(self, model: str, pause: PauseModel, now: float) -> None:
        """Leave a model alone for as long as it asks."""
        vital = self._vitals.known(model)[0]
        is_new = now >= vital.paused_until
        vital.paused_since = now if vital.paused_since is None else vital.paused_since
        vital.paused_until = max(vital.paused_until, now + pause.wait_s)
        vital.hold()
        goes = "its requests go elsewhere where they can" if self._shut(vital, pause.reason) else "its requests wait"
        if is_new:
            until = (self._clock.now() + timedelta(seconds=pause.wait_s)).strftime("%H:%M:%S UTC")
            text = f"{vital.told} gets nothing until {until}, {goes}: {pause.reason}"
            self._tell(EventKind.PAUSED, vital.name, text)

    def _shut(self, vital: Vital, reason: str) -> bool:
        """Let the requests of a model go elsewhere, where any of them can; whether that is new."""
        names = self._vitals.models_of(vital)
        if not any(self._routes.has_elsewhere(name, self._lanes.closed) for name in names):
            return False
        return self._lanes.shut(vital.provider, vital.model, reason)

    def _close(self, provider: str, model: str | None, reason: str) -> None:
        """Nothing more goes there in this run."""
        told = f"model `{model}`" if model else f"provider `{provider}`"
        if self._lanes.close(provider, model, reason):
            self._tell(EventKind.CLOSED, model or provider, f"nothing more goes to {told}: {reason}")

    def _is_due(self, model: str) -> bool:
        """Whether a model that was shut is to be tried again: its pause is over, or nobody has probed it for long."""
        now, vitals = self._clock.monotonic(), self._vitals.known(model)
        return bool(vitals) and all(now >= vital.lane.held_until + _unprobed_s(vital) for vital in vitals)

    def _end_day(self, start: Start, now: float) -> None:
        """Shut a model whose limit of the day is used up, before its provider has to say so."""
        wait_s = start.passage.day_wait_s(now)
        if wait_s > _LONG_DAY_WAIT_S:
            reason = f"its limit of the day is used up for {wait_s:.0f} s"
            waits = wait_s <= self._policy.patience_s
            self.obey(start.ticket.model, PauseModel(reason, wait_s) if waits else StopModel(reason))

    def _tell_pause(self, model: str, pause_s: float, now: float) -> None:
        if pause_s >= _PAUSE_WORTH_TELLING_S and now >= self._told_until:
            self._told_until = now + pause_s
            provider = self._routes.models[model].provider
            self._tell(None, provider, f"`{provider}` limits the rate: `{model}` gets nothing for {pause_s:.0f} s")


def _unprobed_s(vital: Vital) -> float:
    return _UNPROBED_S if vital.breaker.is_open else 0.0
