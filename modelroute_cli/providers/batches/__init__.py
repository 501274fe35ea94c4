"""Provider batches: lines are handed in and collected; one file per API, `formats` says which a provider speaks."""
