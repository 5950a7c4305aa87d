"""What can be wrong with a table of sites or an index of rivers, in English and in Chinese; as in `chinese`."""

from __future__ import annotations

from typing import Final

SITE_TABLE_MESSAGES: Final[tuple[tuple[str, str], ...]] = (
    ("several columns can be the longitude: {}", "有几列都可能是经度：{}"),
    ("several columns can be the latitude: {}", "有几列都可能是纬度：{}"),
    ("several columns can be the accuracy: {}", "有几列都可能是精度：{}"),
    ("several columns can be the extent: {}", "有几列都可能是范围：{}"),
    ("there is no column `{}`", "没有 `{}` 这一列"),
    ("no column is the longitude", "没有一列是经度"),
    ("no column is the latitude", "没有一列是纬度"),
    ("`{}` is named as longitude and as latitude", "`{}` 既指定为经度又指定为纬度"),
    ("the table has a column `{}` already", "表里已有 `{}` 这一列"),
    ("the table has no rows", "表里没有数据行"),
    ("this is the table that is read", "这就是要读的那张表"),
    ("the row has {} cells, the head has {}", "这一行有{}格，表头有{}格"),
    ("the longitude is missing", "缺少经度"),
    ("the latitude is missing", "缺少纬度"),
    ("`{}` and `{}` are no point", "`{}` 和 `{}` 不是一个点的坐标"),
    ("`{}` lies outside China", "`{}` 在中国以外"),
    (
        "the rivers are too long or too detailed: {} pieces, and an index holds {}",
        "河流太长或太细：共{}段，最多能编入索引{}段",
    ),
    ("the file is an Excel workbook", "文件是Excel工作簿"),
    ("the file is neither UTF-8 nor GBK text", "文件既不是UTF-8文本，也不是GBK文本"),
)

SITE_TABLE_HELPS: Final[tuple[tuple[str, str], ...]] = (
    ("name the column to read", "请指定要读哪一列"),
    ("rename all but one", "只留一列用这个名称，其余改名"),
    ("the columns are {}", "表里的列有：{}"),
    ("call it {} or {}, or name one of {}", "请把列名改为{}或{}，或从下列各列中指定：{}"),
    ("name two columns", "请分别指定两列"),
    ("rename it", "请把它改名"),
    ("write one site a line below the head", "请在表头下每行写一个点位"),
    ("give another name for the one to be written", "请给要写出的表另取一个名称"),
    ("give each row the same cells", "请使每一行的格数相同"),
    ("write both numbers of the point", "请把经度和纬度都写上"),
    (
        "write degrees, `102.7123` or `102°42′44″`, or metres of the declared plane",
        "请写度数（`102.7123` 或 `102°42′44″`），或所声明平面坐标系的米数",
    ),
    (
        "check the numbers, the declared system, and the order longitude, latitude",
        "请核对数字、所声明的坐标系，以及经度在前、纬度在后的次序",
    ),
    (
        "cut the layer to the province and what lies near it, or leave out rivers that do not count",
        "请把图层裁切到本省及其附近，或去掉不计入的河流",
    ),
    ("save it as CSV UTF-8", "请另存为CSV UTF-8"),
    ("save it anew as CSV UTF-8", "请重新另存为CSV UTF-8"),
)
