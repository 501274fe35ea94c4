"""The audit log: what was decided, sent and paid, appended from journals to one chained file a project.

It takes in a run's folder (journal and plan) and gives out lines of JSON that hold the hash of the line before, which
`verify` checks. No texts, unless asked for.
"""
