"""modelroute: answer a whole batch of LLM requests well, for the least money, under a cap that holds."""

__version__ = "0.1.0"
