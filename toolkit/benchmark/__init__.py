"""Speed, measured as ratios within one run: this toolkit, bare emulators, and other libraries, where installed."""

from toolkit.benchmark.report import Row, table
from toolkit.benchmark.suite import Section, Suite

__all__ = ["Row", "Section", "Suite", "table"]
