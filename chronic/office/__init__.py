"""Whole jobs: import, demo, and later nightly, dashboard and export."""
