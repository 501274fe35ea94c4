"""What replies say of models and accounts: who is held, shut, closed, and what people are told."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import inf

from msgspec.structs import replace as changed
from support.fake_transport import answer, failure
from support.plans import CHEAP, OTHER, STRONG, PlanParts, Row, card, plan_of, rates
from support.tickets import assigned, ticket

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.catalog.cards import Limits, Provider
from modelroute_cli.execution.budget import Budget, Reservation
from modelroute_cli.execution.dispatch import Start
from modelroute_cli.execution.health import Health
from modelroute_cli.execution.limits import Lanes, Pass
from modelroute_cli.execution.records import EventKind
from modelroute_cli.execution.retry import CALM, PauseModel, RetryPolicy, Setting, StopModel, StopProvider
from modelroute_cli.execution.routes import Routes
from modelroute_cli.execution.tickets import History
from modelroute_cli.providers.base import FailureKind, Reply

DOWN = failure(FailureKind.TRANSIENT, 503, message="down")
AT = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


@dataclass
class _Clock:
    """A clock that stands where it is put."""

    at: float = 0.0

    def now(self) -> datetime:
        """The time of day."""
        return AT + timedelta(seconds=self.at)

    def monotonic(self) -> float:
        """Seconds."""
        return self.at

    async def sleep(self, delay_s: float) -> None:
        """Nothing sleeps here."""
        raise AssertionError(delay_s)


@dataclass
class _Ward:
    """Health with a clock, lanes and a memory of what was told; `shared` puts all models on one account."""

    shared: bool = False
    elsewhere: bool = True
    patience_s: float = 900.0
    limits: Limits = field(default_factory=Limits)
    clock: _Clock = field(default_factory=_Clock)
    lanes: Lanes = field(default_factory=Lanes)
    told: list[tuple[EventKind | None, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        names = (CHEAP, OTHER, STRONG)
        cards = {name: changed(card(name), provider="shared") for name in names} if self.shared else {}
        escalations = {"all": (OTHER,) if self.elsewhere else ()}
        self.routes = Routes.of(plan_of([Row()], PlanParts(escalations=escalations, cards=cards)))
        policy = RetryPolicy(max_attempts=4, patience_s=self.patience_s)
        self.health = Health(self.lanes, self.routes, policy, self.clock, self._tell)
        assert rates(CHEAP).steps

    def _tell(self, kind: EventKind | None, subject: str, text: str) -> None:
        assert subject in text
        self.told.append((kind, subject))

    def passage(self, model: str) -> Pass:
        """The lanes of a model."""
        own = changed(self.routes.models[model], limits=self.limits)
        return self.lanes.passage(own, Provider(name=own.provider, base_url="http://127.0.0.1", limits=Limits()))

    def send(self, model: str = CHEAP, row: int = 0, history: History | None = None) -> Start:
        """An attempt that is started now."""
        money = Reservation(PicoUSD(0), (Budget(PicoUSD(1)),))
        item = ticket(assigned(row, model=model), history=history)
        start = Start(item, money, self.passage(model), self.passage(model).start(300, self.clock.at))
        self.health.sent(start)
        return start

    def hear(self, reply: Reply, model: str = CHEAP, row: int = 0, history: History | None = None) -> Setting:
        """An attempt that ends at once."""
        start = self.send(model, row, history)
        return self.health.heard(start, reply)

    def wait_s(self, model: str = CHEAP) -> float:
        """Until the next may go there."""
        return self.passage(model).wait_s(self.clock.at)

    def until(self, model: str = CHEAP) -> None:
        """Let time pass until the next may go there."""
        self.clock.at += self.wait_s(model)


def _broken(ward: _Ward, model: str = CHEAP) -> None:
    for row in range(5):
        ward.hear(DOWN, model, row)


def test_an_answer_says_that_all_is_well() -> None:
    """Nothing is held, nothing told."""
    ward = _Ward()
    assert ward.hear(answer()) == CALM
    assert (ward.told, ward.wait_s()) == ([], 0.0)


def test_five_failures_hold_a_model_and_not_its_neighbour() -> None:
    """The failure that opens it is seen in an outage already."""
    ward = _Ward()
    settings = [ward.hear(DOWN, row=row) for row in range(5)]
    assert [setting.is_down for setting in settings] == [False] * 4 + [True]
    assert settings[-1].openings == 1
    assert 0.5 <= ward.wait_s() <= 1.0
    assert (ward.wait_s(OTHER), ward.told) == (0.0, [(EventKind.OPENED, CHEAP)])


def test_while_a_probe_is_out_nothing_else_goes() -> None:
    """And its answer opens the way."""
    ward = _Ward()
    _broken(ward)
    ward.until()
    probe = ward.send(row=9)
    assert ward.wait_s() == inf
    ward.health.heard(probe, answer())
    assert ward.wait_s() == 0.0
    assert ward.told[1:] == [(EventKind.RECOVERED, CHEAP)]


def test_a_request_that_failed_among_answers_shows_no_outage() -> None:
    """Five requests that crash the server whenever they come are not the server's outage."""
    ward = _Ward()
    ward.hear(answer())
    for row in range(20):
        setting = ward.hear(DOWN, row=row % 5, history=History(failures=1, answers=0))
    assert (setting.is_down, ward.told) == (False, [])


def test_a_request_that_failed_since_the_last_answer_does() -> None:
    """Two requests are left, and the model answers nothing at all."""
    ward = _Ward()
    for row in range(5):
        setting = ward.hear(DOWN, row=row % 2, history=History(failures=row // 2))
    assert setting.is_down


def test_after_two_minutes_requests_go_elsewhere_and_after_patience_the_model_is_left() -> None:
    """Each step is told once."""
    ward = _Ward()
    _broken(ward)
    while ward.lanes.gone(ward.routes.models[CHEAP]) is None and ward.clock.at < 2_000:
        ward.until()
        shut = ward.health.closing(ward.routes.models[CHEAP])
        assert (shut is not None) == ((None, CHEAP) in ward.told)
        ward.hear(DOWN, row=9)
    assert 900 <= ward.clock.at <= 910
    assert ward.told == [(EventKind.OPENED, CHEAP), (None, CHEAP), (EventKind.CLOSED, CHEAP)]


def test_without_another_model_nothing_is_shut() -> None:
    """Looking for one would be in vain: the requests wait where they are."""
    ward = _Ward(elsewhere=False)
    _broken(ward)
    for _ in range(60):
        ward.until()
        ward.hear(DOWN, row=9)
    assert ward.clock.at > 120
    assert (ward.health.closing(ward.routes.models[CHEAP]), ward.told) == (None, [(EventKind.OPENED, CHEAP)])


def test_an_account_is_down_when_two_of_its_models_are() -> None:
    """One failing model of an account says nothing of the others, however often it fails."""
    ward = _Ward(shared=True)
    for row in range(5):
        ward.hear(DOWN, CHEAP, row)
    assert ward.wait_s(OTHER) == 0.0
    for row in range(5, 10):
        ward.hear(DOWN, OTHER, row)
    assert (EventKind.OPENED, "shared") in ward.told
    assert ward.wait_s(STRONG) > 0.0


def test_a_pause_holds_the_model_until_its_end_and_shuts_it_meanwhile() -> None:
    """Then it is open again without anybody's doing."""
    ward, cheap = _Ward(), card(CHEAP)
    ward.hear(failure(FailureKind.QUOTA, 429, retry_after_s=600.0))
    ward.health.obey(CHEAP, PauseModel("quota 429: no", 600.0))
    ward.health.obey(CHEAP, PauseModel("quota 429: no", 600.0))
    assert (ward.wait_s(), ward.health.closed(cheap)) == (600.0, "quota 429: no")
    assert ward.told == [(EventKind.PAUSED, CHEAP)]
    ward.clock.at = 600.0
    assert (ward.wait_s(), ward.health.closed(cheap)) == (0.0, None)


def test_a_pause_counts_as_time_without_an_answer() -> None:
    """So that one pause after the other ends where patience does."""
    ward = _Ward()
    long = failure(FailureKind.RATE_LIMITED, 429, retry_after_s=600.0)
    assert ward.hear(long).limited_for_s == 0.0
    ward.health.obey(CHEAP, PauseModel("asks to wait", 600.0))
    ward.clock.at = 600.0
    assert ward.hear(long).limited_for_s == 600.0


def test_a_long_wait_is_the_model_s_own() -> None:
    """Other models of the account find out by themselves; a short wait is told to both lanes as ever."""
    ward = _Ward(shared=True)
    ward.hear(failure(FailureKind.RATE_LIMITED, 429, retry_after_s=600.0))
    ward.health.obey(CHEAP, PauseModel("asks to wait", 600.0))
    assert (ward.wait_s(CHEAP), ward.wait_s(OTHER)) == (600.0, 0.0)


def test_what_is_stopped_stays_stopped_and_is_told_once() -> None:
    """A model by its quota, an account by its key."""
    ward, cheap = _Ward(), card(CHEAP)
    for _ in range(2):
        ward.health.obey(CHEAP, StopModel("quota"))
        ward.health.obey(OTHER, StopProvider("bad key"))
    assert (ward.health.closed(cheap), ward.health.closed(card(OTHER))) == ("quota", "bad key")
    assert ward.told == [(EventKind.CLOSED, CHEAP), (EventKind.CLOSED, "other")]


def test_a_used_up_day_pauses_or_stops_a_model_by_patience() -> None:
    """Ten requests a day: the next may go in 2.4 hours, before its provider has to say so."""
    for patience_s, kind in ((900.0, EventKind.CLOSED), (10_000.0, EventKind.PAUSED)):
        ward = _Ward(patience_s=patience_s, limits=Limits(rpd=10))
        for row in range(10):
            ward.hear(answer(), row=row)
        assert ward.told == [(kind, CHEAP)]
        assert (ward.health.closed(card(CHEAP)) or "").startswith("its limit of the day is used up for 8640 s")


def test_the_first_answer_may_use_up_the_day() -> None:
    """Nothing was heard of the model before."""
    ward = _Ward(patience_s=100_000.0, limits=Limits(rpd=1))
    ward.hear(answer())
    assert ward.told == [(EventKind.PAUSED, CHEAP)]
