"""Requests that are handed in to be answered later: packed into batches, submitted once, looked after, collected."""
