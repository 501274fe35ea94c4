"""In: what pilots and runs measured. Out: what is known of a template and a model from before, and how much it counts.

Sums are kept, of qualities, of paired differences, of tokens and costs: no text, no `custom_id`, no prompt.
"""
