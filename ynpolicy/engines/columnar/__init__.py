"""The columnar engine: a table of cases of one level at once, on Polars.

    engine = ColumnarEngine(pack, "project")
    judged = engine.judge(table, date(2022, 6, 1))

A lazy table gives a lazy table, so that what is larger than memory streams (`judged.sink_parquet(...)`). Every row of
the table is in the result, in its order: judged, or marked `rejected` and then without outcomes.

Needs the extra `bulk` (polars).
"""

from __future__ import annotations

try:
    from ynpolicy.engines.columnar.cases import case_table
    from ynpolicy.engines.columnar.engine import ColumnarEngine
except ModuleNotFoundError as error:
    if error.name != "polars":
        raise
    message = "tables of cases need the package `polars`: pip install 'ynpolicy[bulk]'"
    raise ImportError(message) from None

__all__ = ["ColumnarEngine", "case_table"]
