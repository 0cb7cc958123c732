"""A Report as CSV or JSON text. Tables on the terminal stay in `cli`."""
