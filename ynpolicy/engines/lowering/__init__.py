"""One lowering for every engine on tables: a pack's norms as typed expressions over columns, free of any library.

`Layout.of` says which columns a table of cases may have, `lower` what the norms say of a table that has some of them:
a `Program` of nodes (`nodes.py`), which an engine translates into its own expressions.
"""

from ynpolicy.engines.lowering.columns import Column, Layout
from ynpolicy.engines.lowering.program import DECISIONS, OUTCOMES, JudgedNorm, Program, lower, spans

__all__ = ["DECISIONS", "OUTCOMES", "Column", "JudgedNorm", "Layout", "Program", "lower", "spans"]
