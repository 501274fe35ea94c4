"""In: a sample of the batch, answered by several models. Out: what their answers are worth, and how sure that is."""
