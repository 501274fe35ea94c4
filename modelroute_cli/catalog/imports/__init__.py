"""In: a list of models that others keep (LiteLLM, models.dev, OpenRouter). Out: YAML for a settings file."""
