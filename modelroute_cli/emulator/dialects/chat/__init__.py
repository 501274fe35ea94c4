"""OpenAI Chat Completions, as OpenAI and those who took it over speak it."""

from modelroute_cli.emulator.asked import Refusal
from modelroute_cli.emulator.dialects.base import Dialect
from modelroute_cli.emulator.dialects.chat import reply
from modelroute_cli.emulator.dialects.chat.read import read
from modelroute_cli.emulator.dialects.openai_errors import error, stopped
from modelroute_cli.emulator.dialects.openai_limits import headers, too_many, wait_headers

CHAT = Dialect(
    name="chat",
    read=read,
    reply=reply.completion,
    error=error,
    error_in_200=reply.failed,
    headers=headers,
    too_many=too_many,
    wait_headers=wait_headers,
    broken=Refusal(status=500, message="The server had an error while processing it.", type="server_error"),
    stopped=stopped,
)
