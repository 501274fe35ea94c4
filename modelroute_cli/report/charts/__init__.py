"""Pictures of numbers as inline SVG: they stretch with the page, follow its colours, and are legible in greyscale."""
