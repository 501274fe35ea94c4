"""In: a plan and its job file. Out: attempts in the journal, results in input order, money inside the hard cap."""
