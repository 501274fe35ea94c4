"""A model on this machine: its weights, the program that answers with them, and how a run starts and stops it."""
