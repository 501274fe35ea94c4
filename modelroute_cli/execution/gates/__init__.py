"""Verdicts on answers: one file for each kind of gate, `answer.judge` in their fixed order."""
