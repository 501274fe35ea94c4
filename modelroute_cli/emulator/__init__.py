"""In: HTTP requests on loopback in the formats of providers. Out: deterministic, plausible answers, limits and faults, all marked emulated."""
