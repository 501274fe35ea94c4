"""A promise for one job: its ladder of plans, the hold-out that tests them, and the certificate that came of it."""
