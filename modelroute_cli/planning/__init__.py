"""In: the REQUESTS frame, the catalog, settings. Out: one plan for the whole job, with its proof and its reasons."""
