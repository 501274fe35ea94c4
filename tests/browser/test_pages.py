"""The HTML report in a real browser: it fetches nothing, runs nothing, fits a phone, and can be read by everybody."""

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
import pytest
from support.browser import Look, Seen, browser_tools, look_at
from support.cli import QUICK_EMULATOR
from support.hostile import hostile_run
from support.summaries import full_run, small_plan

from modelroute_cli.cli.console import make_console
from modelroute_cli.cli.find_run import find_run
from modelroute_cli.cli.main import run_command
from modelroute_cli.report.html.page import plan_page, run_page
from modelroute_cli.report.run_summary import run_summary

SAMPLE = Path(__file__).parents[2] / "sample_jobs" / "mixed.csv"
PAGES = ("mixed", "full", "plan", "hostile")
MOST_BYTES = 300_000


def looks(files: Mapping[str, Path]) -> list[Look]:
    """The sample job in every view; what is by hand in those that have something more to say."""
    asked = [
        Look("mixed", "", "1280-light", axe="all"),
        Look("mixed", "", "1280-dark", axe="contrast"),
        Look("mixed", "", "390-light"),
        Look("mixed", "", "390-dark"),
        Look("mixed", "", "print"),
        Look("full", "", "390-light", axe="all", opened=True),
        Look("plan", "", "390-dark", axe="all", opened=True),
        Look("hostile", "", "390-light", opened=True),
    ]
    return [msgspec.structs.replace(each, file=str(files[each.page])) for each in asked]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """An emulated run of the sample job, a run and a plan by hand, and one whose every text is hostile."""
    browser_tools()
    folder = tmp_path_factory.mktemp("pages")
    made = {"full": run_page(full_run()), "plan": plan_page(small_plan()), "hostile": run_page(hostile_run())}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        made["mixed"] = _emulated(folder)
    files = {name: folder / f"{name}.html" for name in PAGES}
    for name, path in files.items():
        path.write_text(made[name], encoding="utf-8")
    return files


@pytest.fixture(scope="module")
def looked(pages: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> tuple[Seen, ...]:
    """What a browser saw of all of them, started once."""
    return look_at(looks(pages), tmp_path_factory.mktemp("pictures"))


def _emulated(folder: Path) -> str:
    """The report of a whole emulated run of the sample job."""
    shutil.copy(SAMPLE, folder)
    (folder / "modelroute.yaml").write_text(QUICK_EMULATOR)
    assert run_command(["run", SAMPLE.name, "--emulator", "--yes"], make_console()) == 0
    return run_page(run_summary(find_run(None)))


def seen_of(looked: Sequence[Seen], page: str, view: str) -> Seen:
    """One view of one page."""
    return next(seen for seen in looked if (seen.page, seen.view) == (page, view))


def test_nothing_is_fetched_and_the_console_stays_empty(looked: tuple[Seen, ...]) -> None:
    """One file, and no complaint of the browser or its content policy about it."""
    assert [(seen.requests, seen.console) for seen in looked] == [((), ())] * 8


def test_no_page_scrolls_sideways(looked: tuple[Seen, ...]) -> None:
    """Wide tables scroll in frames of their own, also where all is opened, and on paper nothing is cut off."""
    assert [(seen.page, seen.view, seen.overflow) for seen in looked if seen.overflow > 0] == []


def test_axe_finds_nothing_serious(looked: tuple[Seen, ...]) -> None:
    """Contrast in both schemes, headers, landmarks, names of pictures, and what the keyboard reaches."""
    assert [(seen.page, seen.view, seen.serious) for seen in looked if seen.serious] == []


def test_hostile_texts_run_nothing(looked: tuple[Seen, ...]) -> None:
    """No dialog, the title our own, and the texts are there to be read."""
    seen = seen_of(looked, "hostile", "390-light")
    assert seen.dialogs == ()
    assert seen.title.startswith("<script>document.title='owned';alert(1)</script>")
    assert "</style><svg onload=alert(3)><script href=data:,alert(4) />" in seen.text
    assert "pay [U+202E]00.001$[U+202C] [U+200B]now[U+0000] [U+001B][2Jgone" in seen.text


def test_a_report_of_the_sample_job_says_the_answer_first(looked: tuple[Seen, ...]) -> None:
    """Emulated, which run of what, and what was spent instead of what."""
    said = [line for line in seen_of(looked, "mixed", "390-light").text.split("\n") if line.strip()]
    assert said[:2] == ["Skip to the report", "EMULATED: nothing was sent to a provider, nothing was paid"]
    assert said[2].startswith("mixed.csv, run ")
    assert said[3].startswith("60 requests answered for $0.")


def test_pages_stay_small(pages: dict[str, Path]) -> None:
    """A page can be sent by mail."""
    assert {name: path.stat().st_size < MOST_BYTES for name, path in pages.items()} == dict.fromkeys(PAGES, True)
