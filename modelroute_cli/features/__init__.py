"""In: blocks of requests. Out: what each one is: task type, template, language, token counts, length hints."""
