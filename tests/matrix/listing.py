"""Every row of the matrix, in the order of docs/providers.md."""

from matrix import chat_accounts, native_accounts
from matrix.accounts import Listed

EVERY: tuple[Listed, ...] = (chat_accounts.OPENAI, *native_accounts.EVERY, *chat_accounts.EVERY[1:])
