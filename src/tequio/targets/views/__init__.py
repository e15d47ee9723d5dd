"""Screens of targets and hits."""
