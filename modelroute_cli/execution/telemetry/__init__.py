"""Traces and metrics of a run: takes the journal's records once they are durable, gives out spans and sums.

Nothing here is loaded unless it is asked for; all but `names` and `switch` need the extra `otel`.
"""
