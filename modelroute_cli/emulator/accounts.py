"""The accounts behind one emulator: a request passes the limits of its account and those of its model there."""

from dataclasses import dataclass

from msgspec.structs import replace

from modelroute_cli.base.clock import Clock
from modelroute_cli.catalog.settings import EmulatorLimits, EmulatorSettings
from modelroute_cli.emulator.buckets import Mark
from modelroute_cli.emulator.rate_limits import AccountLimits, Load, Standing


@dataclass(frozen=True, slots=True)
class Wait:
    """A request is not let in; `told_s` is what its 429 says of it, None where it says nothing."""

    told_s: float | None


@dataclass(frozen=True, slots=True)
class Passage:
    """All limits that one request has to pass, its account's first."""

    parts: tuple[AccountLimits, ...]

    @property
    def is_out(self) -> bool:
        """Whether nothing is served at the moment."""
        return any(part.is_out for part in self.parts)

    @property
    def says_limits(self) -> bool:
        """Whether answers carry rate headers."""
        return all(part.says_limits for part in self.parts)

    def admit(self, load: Load) -> Wait | None:
        """Let the request in, or say that it has to wait."""
        wait_s, tightest = max(((part.wait_s(load), part) for part in self.parts), key=lambda pair: pair[0])
        if wait_s > 0:
            for part in self.parts:
                part.refused()
            return Wait(tightest.told_s(wait_s))
        for part in self.parts:
            part.admit(load)
        return None

    def failed(self, load: Load) -> None:
        """It was let in and is not answered."""
        for part in self.parts:
            part.failed(load)

    def works(self, until: float, output_tokens: int) -> None:
        """It is being answered until then, by the steady clock."""
        for part in self.parts:
            part.works(until, output_tokens)

    def standing(self) -> Standing:
        """Of each limit, the one that is nearest to its end."""
        each = [part.standing() for part in self.parts]
        return Standing(
            requests=_tightest([one.requests for one in each]),
            tokens=_tightest([one.tokens for one in each]),
            admitted=each[0].admitted,
            input_tokens=_tightest([one.input_tokens for one in each]),
            output_tokens=_tightest([one.output_tokens for one in each]),
            requests_day=_tightest([one.requests_day for one in each]),
        )


class Accounts:
    """Each account is opened at its first request, and so is each model that has limits of its own."""

    def __init__(self, settings: EmulatorSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._opened: dict[str, AccountLimits] = {}
        self._passages: dict[tuple[str, str], Passage] = {}

    def passage(self, provider: str, model: str = "") -> Passage:
        """What a request to a model has to pass; without a model, its account alone."""
        known = self._passages.get((provider, model))
        if known is None:
            named = f"{provider}/{model}"
            parts = [self._limits(provider, self._of_account(provider))]
            if named in self._settings.limits:
                parts.append(self._limits(named, self._settings.limits[named]))
            known = self._passages[provider, model] = Passage(tuple(parts))
        return known

    def _limits(self, name: str, limits: EmulatorLimits) -> AccountLimits:
        if name not in self._opened:
            self._opened[name] = AccountLimits(limits, self._clock)
        return self._opened[name]

    def _of_account(self, provider: str) -> EmulatorLimits:
        """The account's own limits, with those for all accounts where it names none."""
        own = self._settings.limits.get(provider, EmulatorLimits())
        return replace(own, rpm=own.rpm or self._settings.rpm, tpm=own.tpm or self._settings.tpm)


def _tightest(marks: list[Mark | None]) -> Mark | None:
    """The mark with the smallest share left; None when there is none."""
    known = [mark for mark in marks if mark is not None]
    return min(known, key=lambda mark: mark.remaining / mark.limit, default=None)
