"""In: HTTP requests on loopback in providers' formats. Out: plausible answers, limits, faults, all marked emulated."""
