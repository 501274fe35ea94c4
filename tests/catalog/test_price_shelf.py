"""List prices are kept in the user's cache folder; whatever is wrong with it, the library is asked."""

import stat
from datetime import date, timedelta
from pathlib import Path

import pytest
from support.catalog_room import day_prices

from modelroute_cli.base.schema import ServiceTier
from modelroute_cli.catalog.list_prices import DayPrices
from modelroute_cli.catalog.price_shelf import MOST_DAYS, PriceShelf, cache_folder, library_stamp, users_shelf

DAY = date(2026, 11, 23)
STAMP = "stamp"
KEPT = Path("modelroute") / "list-prices.json"


def asked(folder: Path | None, stamp: str = STAMP, day: date = DAY) -> DayPrices | None:
    """What a new shelf says of one model."""
    return PriceShelf(folder, stamp).tier_prices("openai", "gpt-5", day).get(ServiceTier.STANDARD)


def forged(folder: Path) -> Path:
    """A kept file in which one digit of a price was changed."""
    asked(folder)
    kept = folder / KEPT
    text = kept.read_bytes()
    assert b'"1.25"' in text
    kept.write_bytes(text.replace(b'"1.25"', b'"0.77"'))
    return kept


def test_a_shelf_says_what_the_library_says(tmp_path: Path) -> None:
    """The first time, and from the file: tiers, hours and what is not priced."""
    places = [("openai", "gpt-5"), ("openai", "gpt-6-luna"), ("deepseek", "deepseek-flash"), ("openai", "no-such")]
    expected = [day_prices(provider, model, DAY) for provider, model in places]
    first = PriceShelf(tmp_path, STAMP)
    assert [first.tier_prices(*place, DAY).get(ServiceTier.STANDARD) for place in places] == expected
    again = PriceShelf(tmp_path, STAMP)
    assert [again.tier_prices(*place, DAY).get(ServiceTier.STANDARD) for place in places] == expected


def test_what_is_kept_is_not_asked_again(tmp_path: Path) -> None:
    """A file that holds an answer is not written for it."""
    asked(tmp_path)
    before = (tmp_path / KEPT).stat().st_mtime_ns
    asked(tmp_path)
    assert (tmp_path / KEPT).stat().st_mtime_ns == before


def test_only_the_user_can_read_what_is_kept(tmp_path: Path) -> None:
    """Mode 600, and nothing is left beside it."""
    asked(tmp_path)
    assert stat.S_IMODE((tmp_path / KEPT).stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / KEPT).parent.iterdir()] == [KEPT.name]


def test_a_changed_file_is_passed_over(tmp_path: Path) -> None:
    """A price is never taken from a file whose digest does not fit, and the file is made anew."""
    kept = forged(tmp_path)
    assert asked(tmp_path) == day_prices("openai", "gpt-5", DAY)
    assert b'"0.77"' not in kept.read_bytes()


@pytest.mark.parametrize("content", [b"", b"{", b"\xff" * 200, b"0" * 64 + b"{}"])
def test_a_damaged_file_is_passed_over(tmp_path: Path, content: bytes) -> None:
    """Empty, cut off, or no text at all."""
    (tmp_path / KEPT).parent.mkdir()
    (tmp_path / KEPT).write_bytes(content)
    assert asked(tmp_path) == day_prices("openai", "gpt-5", DAY)


def test_a_file_that_others_may_write_is_passed_over(tmp_path: Path) -> None:
    """Somebody else could have written it, digest and all."""
    asked(tmp_path)
    (tmp_path / KEPT).chmod(0o666)
    assert asked(tmp_path) is not None
    assert stat.S_IMODE((tmp_path / KEPT).stat().st_mode) == 0o600


def test_another_library_makes_a_new_shelf(tmp_path: Path) -> None:
    """What an earlier version said is forgotten."""
    asked(tmp_path)
    asked(tmp_path, "another stamp")
    assert b"another stamp" in (tmp_path / KEPT).read_bytes()


def test_old_days_give_way(tmp_path: Path) -> None:
    """A file never grows beyond the last days that were asked for."""
    days = [DAY - timedelta(days=back) for back in range(MOST_DAYS + 2)]
    for day in days:
        asked(tmp_path, day=day)
    text = (tmp_path / KEPT).read_text()
    assert [day.isoformat() in text for day in days] == [False, False, *[True] * MOST_DAYS]


def test_without_a_folder_the_library_is_asked() -> None:
    """No home, no cache, the same answer."""
    assert asked(None) == day_prices("openai", "gpt-5", DAY)


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    """The cache folder is a file: nothing is kept, nothing is said."""
    (tmp_path / "file").write_text("")
    assert asked(tmp_path / "file") == day_prices("openai", "gpt-5", DAY)


@pytest.mark.parametrize(
    ("env", "folder"),
    [
        ({"XDG_CACHE_HOME": "/c", "HOME": "/h"}, Path("/c")),
        ({"XDG_CACHE_HOME": "c", "HOME": "/h"}, Path("/h/.cache")),
        ({"XDG_CACHE_HOME": "", "HOME": "/h"}, Path("/h/.cache")),
        ({}, None),
    ],
)
def test_the_cache_folder_is_the_users(env: dict[str, str], folder: Path | None) -> None:
    """As the XDG base directory specification has it: relative folders are ignored."""
    assert cache_folder(env) == folder


def test_the_stamp_is_the_same_each_time() -> None:
    """Else nothing would ever be found again."""
    assert library_stamp() == library_stamp()


def test_the_version_is_part_of_every_source() -> None:
    """A report can say which price list it used."""
    assert users_shelf().library.startswith("genai-prices 0.2.")
