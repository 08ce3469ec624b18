"""How fast: each part of `docs/performance.md` as a script, run by `benchmarks/bench.py`."""
