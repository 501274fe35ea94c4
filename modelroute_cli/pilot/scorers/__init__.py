"""In: answers of several models to the same requests. Out: observations: a quality each, and its scorer."""
