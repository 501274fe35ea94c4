"""Which path speaks which dialect, with and without the version that gateways leave out or add."""

from modelroute_cli.emulator.dialects.base import Dialect
from modelroute_cli.emulator.dialects.chat import CHAT
from modelroute_cli.emulator.dialects.gemini import GEMINI
from modelroute_cli.emulator.dialects.messages import MESSAGES
from modelroute_cli.emulator.dialects.responses import RESPONSES

BASES = ("/{provider}/v1", "/{provider}/v1beta", "/{provider}")
PATHS: tuple[tuple[str, Dialect], ...] = (
    ("/chat/completions", CHAT),
    ("/responses", RESPONSES),
    ("/messages", MESSAGES),
    ("/models/{model:[^:]+}:generateContent", GEMINI),
)
