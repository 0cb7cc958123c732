"""Find, follow and bring back people with hypertension and diabetes: a village doctor's registry."""

__version__ = "0.1.0"
