"""Speed, measured as ratios within one run: this toolkit, raw MAME and, where it is installed, MAMEToolkit."""

from toolkit.benchmark.report import Row, table
from toolkit.benchmark.suite import Suite

__all__ = ["Row", "Suite", "table"]
