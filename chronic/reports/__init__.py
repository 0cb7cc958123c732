"""One file per report: SQL over the registry in, a Report out. No threshold and no clock here."""
