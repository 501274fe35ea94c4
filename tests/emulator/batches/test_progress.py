"""How a batch goes, from its age alone."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.emulator.batches.progress import Course, Stage

SECONDS = st.floats(0, 1e6)
COURSES = st.builds(
    Course,
    lines=st.integers(1, 200),
    seconds=SECONDS,
    finalizing_s=st.floats(0, 1e4),
    window_s=st.floats(1, 1e6),
    is_stuck=st.booleans(),
    is_refused=st.booleans(),
    cancelled_s=st.none() | SECONDS,
)
ORDER = [
    (Stage.VALIDATING,),
    (Stage.RUNNING,),
    (Stage.FINALIZING, Stage.CANCELLING),
    (Stage.COMPLETED, Stage.EXPIRED, Stage.CANCELLED, Stage.REFUSED),
]
DAY = Course(lines=4, seconds=100.0, finalizing_s=10.0, window_s=1000.0)


def rank(stage: Stage) -> int:
    """How far a stage is."""
    return next(place for place, stages in enumerate(ORDER) if stage in stages)


@given(COURSES, SECONDS, SECONDS)
def test_time_only_moves_a_batch_on(course: Course, one: float, other: float) -> None:
    """No stage comes back, and no line is undone."""
    earlier, later = sorted((one, other))
    assert rank(course.stage(earlier)) <= rank(course.stage(later))
    assert course.reached(earlier) <= course.reached(later) <= course.lines


@given(COURSES)
def test_every_batch_ends(course: Course) -> None:
    """When it says so, and with all lines done where it completes."""
    end = course.stage(course.ended_s)
    assert end.is_end
    if end is Stage.COMPLETED:
        assert course.reached(course.ended_s) == course.lines
    if course.is_refused:
        assert (end, course.reached(1e7)) == (Stage.REFUSED, 0)


@given(COURSES, st.integers(0, 199))
def test_a_line_is_done_from_its_moment_on(course: Course, place: int) -> None:
    """A breath later it is, unless the batch has stopped."""
    if place < course.lines and not course.is_refused:
        at_s = course.line_s(place)
        is_late = at_s * 1.001 + 0.001 > course.stopped_s
        assert is_late or course.reached(at_s * 1.001 + 0.001) > place


def test_the_stages_of_an_ordinary_batch() -> None:
    """Validating, running, finalizing, completed."""
    stages = [DAY.stage(age) for age in (0, 4.9, 5, 99.9, 100, 109.9, 110)]
    assert [stage.value for stage in stages] == [
        "validating",
        "validating",
        "running",
        "running",
        "finalizing",
        "finalizing",
        "completed",
    ]
    assert [DAY.reached(age) for age in (0, 28.7, 28.8, 52.5, 99.9, 100)] == [0, 0, 1, 2, 3, 4]


def test_what_is_stuck_or_too_slow_expires_with_its_window() -> None:
    """With what was done by then."""
    stuck = replace(DAY, is_stuck=True)
    assert [stuck.stage(age).value for age in (999, 1000, 1010)] == ["running", "finalizing", "expired"]
    slow = replace(DAY, window_s=50.0)
    assert (slow.stage(60).value, slow.reached(1e6)) == ("expired", 1)


def test_a_cancel_stops_what_is_under_way() -> None:
    """And nothing else."""
    stopped = replace(DAY, cancelled_s=60.0)
    assert [stopped.stage(age).value for age in (59, 60, 70)] == ["running", "cancelling", "cancelled"]
    assert stopped.reached(1e6) == 2
    assert replace(DAY, cancelled_s=105.0).stage(110) is Stage.COMPLETED
