"""Tests of modelroute_cli.emulator.ledger."""

from modelroute_cli.emulator.ledger import Billed, Ledger, Stats, Usage

USAGE = Usage(
    prompt_tokens=10, cached_tokens=4, cache_write_tokens=2, completion_tokens=7, reasoning_tokens=5, image_tokens=1
)


def test_the_books_add_up() -> None:
    """What was asked, what was generated, what arrived."""
    ledger = Ledger()
    assert [ledger.see(b"one", "a-1"), ledger.see(b"one", "a-2"), ledger.see(b"two", None)] == [0, 1, 0]
    for digest in (b"one", b"one", b"two"):
        ledger.bill("gpt-5", USAGE)
        ledger.deliver(digest)
    ledger.faults["empty"] += 1
    assert ledger.stats() == Stats(
        requests=3,
        answers=3,
        rate_limited=0,
        refused=0,
        faults={"empty": 1},
        billed=3,
        input_tokens=30,
        cached_tokens=12,
        output_tokens=21,
        reasoning_tokens=15,
        answered_again=1,
        models={"gpt-5": 3},
        clients={"a-1": 1, "a-2": 1},
        books={
            "gpt-5": Billed(
                answers=3,
                input_tokens=30,
                cached_tokens=12,
                cache_write_tokens=6,
                cache_write_long_tokens=0,
                output_tokens=21,
                reasoning_tokens=15,
                image_tokens=3,
                audio_tokens=0,
                file_tokens=0,
            )
        },
    )


def test_the_books_handed_out_do_not_change() -> None:
    """A test can compare before and after."""
    ledger = Ledger()
    before = ledger.stats()
    ledger.see(b"one", "a-1")
    assert before.clients == {}
