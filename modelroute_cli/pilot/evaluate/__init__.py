"""In: the prompts of a batch and what every model would have answered. Out: what this tool would have done with it."""
