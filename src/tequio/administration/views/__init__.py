"""Screens of the log and of reference data."""
