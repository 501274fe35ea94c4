"""What a fault, or a bad model, makes of an answer."""

from modelroute_cli.catalog.hidden_quality import BadAnswer
from modelroute_cli.emulator.dialects.base import Dialect
from modelroute_cli.emulator.exchange import Exchange
from modelroute_cli.emulator.generate import Answer, emptied, truncated


def spoilt(answer: Answer, exchange: Exchange) -> Answer:
    """The answer with the fault that its request met, where that is one of its content."""
    match exchange.fault:
        case "empty" | "truncated" | "refusal" as how:
            return shown_bad(answer, how, exchange.posted.dialect)
        case _:
            return answer


def shown_bad(answer: Answer, how: BadAnswer, dialect: Dialect) -> Answer:
    """The answer in the way in which it shows that it is bad; whole where it does not."""
    match how:
        case "empty":
            return emptied(answer)
        case "truncated":
            return truncated(answer)
        case "refusal":
            return dialect.refuse(answer)
        case "wrong":
            return answer
