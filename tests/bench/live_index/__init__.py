"""Where the live index keeps its keys: candidates measured side by side. `python -m tests.bench.live_index --help`."""
