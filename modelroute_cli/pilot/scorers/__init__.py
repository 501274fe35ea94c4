"""In: answers of several models to the same requests. Out: observations: a quality each, and the scorer that gave it."""
