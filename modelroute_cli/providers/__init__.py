"""In: a call (card, provider, request, limits). Out: bytes for the wire, and from the wire an answer or a failure."""
