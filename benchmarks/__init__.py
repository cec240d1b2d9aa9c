"""What recording costs: `python -m benchmarks`, or one of its files with `python -m benchmarks.memory`."""
