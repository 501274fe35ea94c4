"""Provider batches and background answers, as each provider has them; time is all that moves them on."""
