"""In: a plan or a run folder. Out: all numbers computed once in `summary` and `run_summary`, then shown."""
