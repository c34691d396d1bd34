"""The measurements behind scripts/bench; Python's standard library and the programs of Benchmarks/bin only."""
