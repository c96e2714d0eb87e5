"""Scripts that a peer's own Python runs, one for each peer and measurement; see `toolkit.benchmark.peer`.

Each takes its arguments from the command line and prints one line: a JSON object of numbers. They import nothing of
this package, which need not be installed there, nor of one another; `vector_toolkit.py` measures this package itself.
"""
