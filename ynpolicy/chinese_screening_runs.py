"""What can be wrong with the work and the result of a screening, message by message, in English and in Chinese."""

from __future__ import annotations

from typing import Final

SCREENING_RUN_MESSAGES: Final[tuple[tuple[str, str], ...]] = (
    (
        "the work kept here is on another table: it was `{}`, now it is `{}`",
        "已做的部分是另一张表的：原为 `{}`，现为 `{}`",
    ),
    (
        "the work kept here is on other content of the table: it was `{}`, now it is `{}`",
        "表的内容已变：原摘要 `{}`，现摘要 `{}`",
    ),
    (
        "the work kept here reads the columns otherwise: the mapping was `{}`, now it is `{}`",
        "列的对应关系已变：原摘要 `{}`，现摘要 `{}`",
    ),
    ("the work kept here is under another pack: it was `{}`, now it is `{}`", "规则包不同：原为 `{}`，现为 `{}`"),
    (
        "the work kept here is under other readings: they were `{}`, now they are `{}`",
        "所选条文理解不同：原为 `{}`，现为 `{}`",
    ),
    ("the work kept here is on another level: it was `{}`, now it is `{}`", "层级不同：原为 `{}`，现为 `{}`"),
    ("the work kept here is of another as-of date: it was `{}`, now it is `{}`", "基准日不同：原为 `{}`，现为 `{}`"),
    (
        "the work kept here is by another version of the program: it was `{}`, now it is `{}`",
        "程序版本不同：原为 `{}`，现为 `{}`",
    ),
    ("the work kept here has other options: they were `{}`, now they are `{}`", "选项不同：原为 `{}`，现为 `{}`"),
    ("this is no working folder of a screening", "这不是筛查的工作文件夹"),
    ("the working folder cannot be written: {}", "工作文件夹无法写入：{}"),
    ("the table has no rows", "表里没有数据行"),
    ("the disk has {} MiB left, and the work needs about {} MiB", "磁盘只剩{} MiB，约需{} MiB"),
    ("rows of a {} cannot be counted by `{}`", "{}层级的行不能按 `{}` 计数"),
    ("`{}` is no form of a result", "`{}` 不是结果文件的格式"),
    ("this is a folder", "这是一个文件夹"),
    ("its folder does not exist", "所在文件夹不存在"),
    ("this is a file that is read", "这是要读的文件"),
    ("this lies in the folder that is read", "这个位置在要读的文件夹里"),
    ("the table has {} rows, and an Excel sheet holds {}", "表有{}行，而Excel工作表最多容纳{}行"),
    ("Excel files need the package `openpyxl`", "Excel文件需要 `openpyxl` 包"),
    ("tables of cases need the package `polars`", "筛查表格需要 `polars` 包"),
    ("there is no as-of date", "没有基准日"),
    ("rejected rows are written beside a result", "有误未判的行随结果一起写出"),
    ("two outputs have this name", "两个输出文件同名"),
    ("no row has the key or the number `{}`", "没有编号或行号为 `{}` 的行"),
    ("{} rows have the key `{}`", "有{}行的编号是 `{}`"),
    ("`{}` is no form of a summary", "`{}` 不是汇总的格式"),
    ("the mapping is for the level `{}`", "对应关系是 `{}` 层级的"),
    ("the mapping is given already", "已给出对应关系"),
    ("`{}` is too long for a name in a database", "`{}` 作数据库中的名称太长"),
    ("there is a table `{}` already", "已有名为 `{}` 的表"),
    ("databases need the package `ibis-framework`", "数据库需要 `ibis-framework` 包"),
    ("the database needs the package `{}`", "该数据库需要 `{}` 包"),
    ("`{}` is no database that can be read", "`{}` 不是可以读的数据库"),
    ("there is no such file", "没有这个文件"),
    ("the database cannot be opened: {}", "数据库打不开：{}"),
    ("the database has no table `{}`", "数据库中没有表 `{}`"),
    ("the table is not named", "没有指明是哪一张表"),
    ("the database says: {}", "数据库报告：{}"),
    ("a table in a database has a URL and a name", "数据库中的表既要URL又要名称"),
)

SCREENING_RUN_HELPS: Final[tuple[tuple[str, str], ...]] = (
    (
        "--restart throws it away and begins anew; with what it was begun with, the run goes on",
        "加 --restart 则丢弃已做部分、从头开始；若仍用原来的输入和选项，则接着做",
    ),
    ("move it away, or give another --out", "请把它移走，或用 --out 指定别的文件"),
    ("make room, or give another --out", "请腾出空间，或用 --out 指定别的文件"),
    ("make room, and run the same command again: it goes on", "请腾出空间，再执行同一命令即可接着做"),
    ("each row below the head is a case", "表头以下每行是一个案件"),
    ("one may count by {}", "可按这些事实计数：{}"),
    ("end the name in {}", "文件名应以 {} 结尾"),
    ("give the name of a file", "请给出文件名"),
    ("make the folder first", "请先建立该文件夹"),
    (
        "give --as-of, or map the column with each row's day of acceptance",
        "用 --as-of 给出，或指明受理日期列",
    ),
    ("the columns are {}", "表中的列有：{}"),
    ("name the result with --out", "请用 --out 指定结果文件"),
    ("give another name for what is written", "请为输出另取名字"),
    ("give each its own", "请各取一名"),
    ("give a cell of the column `{}`, or a row's number", "请给出 `{}` 列中的一个值，或行号"),
    ("give a row's number in the file", "请给出文件中的行号"),
    ("give the number of one: {}", "请给出其中一行的行号：{}"),
    ("leave --level out, or change one", "请去掉 --level，或改其中之一"),
    ("leave out --mapping, to have one guessed", "如要推断，请去掉 --mapping"),
    ("at most {} bytes", "最多{}字节"),
    ("give another name, or drop it first", "请另取名称，或先删除该表"),
    (
        "pip install 'ynpolicy[postgres]' for PostgreSQL, 'ynpolicy[bulk]' for DuckDB",
        "PostgreSQL请安装 'ynpolicy[postgres]'，DuckDB请安装 'ynpolicy[bulk]'",
    ),
    (
        "give duckdb:///folder/cases.duckdb, or postgresql://user@host:5432/database",
        "请给出 duckdb:///文件夹/cases.duckdb 或 postgresql://用户@主机:5432/数据库",
    ),
    ("give --table: the tables are {}", "请给出 --table，现有的表：{}"),
    ("give --table: the database has no tables", "请给出 --table；数据库中没有表"),
    (
        "see that the database runs, and that the URL, the rights and the room on its disk are right",
        "请确认数据库在运行，URL、权限和磁盘空间都没有问题",
    ),
    ("give both --into and --into-table", "请同时给出 --into 和 --into-table"),
)
