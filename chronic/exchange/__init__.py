"""Files to model and back. Knows what a sheet looks like, never what the clinic does with it."""
