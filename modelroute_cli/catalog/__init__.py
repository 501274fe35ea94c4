"""In: settings files, environment, flags, the price library. Out: Settings with origins, model cards, rate cards."""
