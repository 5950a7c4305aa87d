"""What can be wrong with a table of cases, message by message, in English and in Chinese; as in `chinese`."""

from __future__ import annotations

from typing import Final

TABLE_MESSAGES: Final[tuple[tuple[str, str], ...]] = (
    ("the table has no column `{}`", "表里没有 `{}` 这一列"),
    ("column `{}` is no fact of a {}", "列 `{}` 不是{}层级的事实"),
    ("column `{}` is `{}`", "列 `{}` 的类型是 `{}`"),
    ("column `{}` records what no norm of a {} asks for", "列 `{}` 所记的不是{}层级任何规范要的"),
    ("column `{}` stands without the other end", "列 `{}` 缺少区间的另一端"),
    ("column `{}` stands beside `{}`", "列 `{}` 与 `{}` 不能并存"),
    ("column `{}` is in the way", "列 `{}` 与结果的列重名"),
    ("`{}` is no number of the pack", "`{}` 不是规则包里的数值"),
    ("`{}` cannot have {} decimals", "`{}` 不能有{}位小数"),
    ("unknown scope `{}`", "没有 `{}` 这个范围"),
    ("the number is out of range", "数值超出范围"),
    ("the sum is out of range", "合计超出范围"),
    ("a range has one end", "区间只有一端"),
    ("the upper end is below the lower", "上限小于下限"),
    (
        "it cannot be not applicable: the question arises, or it is open whether it does",
        "不能填不适用：该问题存在，或是否存在尚不清楚",
    ),
    ("it has a value and is said to be not applicable", "既有值，又填了不适用"),
    ("the value is not one of its symbols", "不是可选的值"),
    ("the date is missing", "没有日期"),
    ("the date is out of range", "日期超出范围"),
)

TABLE_HELPS: Final[tuple[tuple[str, str], ...]] = (
    ("give the as-of date for the whole table, or a date in each row", "给整张表一个受理日期，或每行给一个"),
    (
        "it is a whole number of 1/{} of the unit, or a decimal that fits; a float is not exact",
        "应是以单位的1/{}计的整数，或放得下的十进制小数；浮点数不精确",
    ),
    ("it names a norm in principle, or one that asks for review", "所指的应是原则性规范，或须从严审核的规范"),
    ("give both ends of a range", "区间两端都要给"),
    ("keep the exact number, or both ends of its range", "请只留准确值，或只留区间两端"),
    ("rename it: the result has a column of that name", "请改名：结果中有同名的列"),
    ("0 to {}", "0至{}"),
    ("it is text or an enum", "应是文本或枚举"),
    ("it is a date", "应是日期"),
    ("it is true or false", "应是真或假"),
    ("it is case, finding or empty", "可填 case、finding，或留空"),
    ("it is {} to {}", "应在{}至{}之间"),
    ("give its value, or leave it empty", "请填值，或留空"),
    ("keep one of the two", "请只留一个"),
    ("give both, or neither", "两端都给，或都不给"),
    ("check its parts", "请核对各组成部分"),
    ("`ynpolicy facts` lists them", "`ynpolicy facts` 会列出"),
    ("give a date of the years 1 to 9999", "请填公元1年至9999年的日期"),
    ("give the day on which the application was accepted", "请填受理日期"),
)
