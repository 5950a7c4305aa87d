"""What can be wrong with a bundle, message by message, in English and in Chinese; as in `chinese`."""

from __future__ import annotations

from typing import Final

BUNDLE_MESSAGES: Final[tuple[tuple[str, str], ...]] = (
    ("the file is not a bundle", "文件不是案卷包"),
    ("the file has more than {} bytes", "文件超过{}字节，太大"),
    ("the bundle is cut short or damaged", "案卷包不完整或已损坏"),
    ("the bundle does not match its seal", "案卷包与封印不符"),
    ("the bundle has {} files", "案卷包有{}个文件，太多"),
    ("the bundle has no pack", "案卷包里没有规则包"),
    ("`{}` is damaged", "`{}` 已损坏"),
    ("`{}` stands twice in the bundle", "`{}` 在案卷包里出现两次"),
    ("`{}` is no name for a file in a bundle", "`{}` 不能作案卷包里的文件名"),
    ("files in the bundle are compressed or encrypted", "案卷包里的文件被压缩或加密了"),
    ("the files in the bundle claim to be larger than the bundle", "案卷包里的文件自称比案卷包还大"),
    ("this file does not belong to the bundle", "这个文件不属于案卷包"),
    ("this file of the bundle is not in it", "案卷包缺少这个文件"),
    ("the file has the digest {}, not the {} of the bundle", "文件的摘要是{}，不是案卷包所记的{}"),
    ("the pack has the digest {}, not the {} of the bundle", "规则包的摘要是{}，不是案卷包所记的{}"),
    (
        "the verdict was given under the pack {}, not under the {} of the bundle",
        "判定所依据的规则包是{}，不是案卷包里的{}",
    ),
    ("the case has the digest {}, not the {} on which the verdict was given", "案件的摘要是{}，不是判定时的{}"),
    ("the file is not JSON", "文件不是JSON"),
    ("the file has not the parts of its kind", "文件缺少这类文件应有的内容"),
    ("there is no file `{}` in the bundle", "案卷包里没有文件 `{}`"),
    ("cases and verdicts differ in number", "案件和判定的个数不同"),
    ("this is too much for one bundle", "内容太多，一个案卷包装不下"),
    ("the verdicts are of several packs", "判定出自不同的规则包"),
    ("there is no verdict to put into a bundle", "没有可放进案卷包的判定"),
    ("the pack `{}` was not loaded from files", "规则包 `{}` 不是从文件读入的"),
    ("the pack's files cannot be read: {}", "规则包的文件读不了：{}"),
    ("the files of the pack `{}` have changed since they were read", "规则包 `{}` 的文件在读入后被改动过"),
)

BUNDLE_HELPS: Final[tuple[tuple[str, str], ...]] = (
    ("give a file that `check --bundle` wrote", "给出 `check --bundle` 写成的文件"),
    ("a bundle is never so large", "案卷包不会这么大"),
    ("take another copy of the bundle", "另取一份案卷包"),
    ("it was changed or damaged after it was written: take another copy", "写成后被改动或损坏：另取一份"),
    ("the bundle was put together anew: do not rely on it", "案卷包被重新拼装过：不可采信"),
    ("a bundle holds its files as they are", "案卷包里的文件不压缩"),
    ("names are relative paths of plain words", "文件名是不带特殊符号的相对路径"),
    ("put the cases into several bundles", "分装成几个案卷包"),
    ("make a bundle for each pack", "每个规则包各做一个案卷包"),
    ("load it from its folder", "从文件夹读入"),
    ("judge anew", "重新判定"),
)
