"""In: verdicts while a run goes on. Out: realised quality, a control sample, and word of a model that got worse."""
