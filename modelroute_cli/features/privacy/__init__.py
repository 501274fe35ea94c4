"""In: the texts of requests. Out: which kinds of personal data stand in them, as bits; the data itself goes nowhere."""
