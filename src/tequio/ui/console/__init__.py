"""Shared parts of the command line: what every `tequio` command takes, answers and says when it cannot.

Parts: `spanish` (help and usage errors), `answers` (what is printed), `progress` (meanwhile), `faults` (from an error to a
message and an exit status), `entry` (from a function to a command), `reading` (values typed by a person), `acting` (who acts
and for what; the only part that needs models).
"""
