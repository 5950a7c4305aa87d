"""What can be wrong with a list of cases, message by message, in English and in Chinese; as in `chinese`."""

from __future__ import annotations

from typing import Final

PORTFOLIO_MESSAGES: Final[tuple[tuple[str, str], ...]] = (
    ("the {} `{}` is listed twice", "{} `{}` 在清单里出现两次"),
    ("two cases of the level {} are about `{}`", "有两个{}层级的案件都是 `{}`"),
    ("`{}`: the sum over the group `{}` is beyond {}", "`{}`：`{}` 一组的合计超过{}"),
    ("the folder holds no case file", "文件夹里没有案件文件"),
    ("the file is read twice", "同一个文件读了两次"),
    ("{} is no part of a portfolio", "{}不能作清单的组成部分"),
    ("the list is to be judged at {}", "清单要按{}几个日期判定"),
    ("the cases have several as-of dates: {}", "各案件的受理日期不同：{}"),
    ("the list has no as-of date", "清单没有基准日"),
    ("`{}` has no groupings", "规则包 `{}` 没有汇总规则"),
    ("there is no grouping `{}`", "没有 `{}` 这个汇总"),
    ("no grouping is about the cases of this list", "规则包没有汇总这份清单里的案件"),
    ("the portfolio has no `{}`", "清单没有写 `{}`"),
    ("a part of the portfolio has no `{}`", "清单的一个组成部分没有写 `{}`"),
    ("the list has no cases", "清单里没有案件"),
    ("such a table is read with `{}`, which is not installed", "读取这种表需要 `{}`，尚未安装"),
)

PORTFOLIO_HELPS: Final[tuple[tuple[str, str], ...]] = (
    ("it stands first at {}: keep one, or give each an `id`", "第一次出现在{}：删去一个，或者给每个写上“编号”"),
    ("the other is at {}: keep one", "另一个在{}：只留一个"),
    ("numbers are kept exactly", "数值须精确保存"),
    ("a case file ends in {}", "案件文件的扩展名是{}"),
    ("it is read as {}: keep one", "已按{}读入：只留一处"),
    ("write the name of a file", "写文件名"),
    ("give one `as_of`, or --as-of", "只写一个“基准日”，或者用 --as-of 指定"),
    ("give the day at which the list is judged: --as-of {}", "指定清单的基准日：--as-of {}"),
    ("a pack says in portfolio/ which cases it judges together", "规则包在 `portfolio/` 里写明汇总哪些案件"),
    ("there are {}", "有{}"),
    ("there are groupings of {}", "有对{}的汇总"),
    ("levels are {}", "层级有{}"),
    ("name a case file, a table of cases, or a folder of them", "写案件文件、案件表或者放这些文件的文件夹"),
)
