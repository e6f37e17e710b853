"""Measured ratios: each module sets us beside a plain reference, in turns, in one run.

Run one with `python -m benchmarks.NAME [--quick]`; docs/benchmarks.md tells what came out.
"""
