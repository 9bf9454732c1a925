#!/usr/bin/env python3
"""Writes src/repair/pinyin/readings.txt and src/repair/pinyin/lexicon.txt, which undo the damage of mirror sites.

    pip download --no-deps -d /tmp/damage pypinyin==0.55.0 jieba==0.42.1
    (cd /tmp/damage && unzip -qo pypinyin-*.whl && tar xzf jieba-*.tar.gz)
    tools/damage/build.py /tmp/damage

readings.txt: every reading with its characters, from pypinyin's pinyin_dict (pinyin-data; MIT).
lexicon.txt: frequent words, each with a letter for its frequency, from jieba's dict.txt (MIT) and phrases.txt beside
this file. Same input, same bytes.
"""

import json
import math
import pathlib
import re
import sys
import unicodedata

ROOT = pathlib.Path(__file__).resolve().parents[2]
TARGET = ROOT / "src" / "repair" / "pinyin"
HAN = re.compile(r"[\u4e00-\u9fa5]+")
# Words rarer than this are left out; a phrase of our own counts as a frequent word.
LEAST = {1: 10, 2: 50, 3: 40, 4: 40}
PHRASE = 2**16
# Labels of list items are as frequent as no word is.
LABEL = 2**22
RARE_LABEL = 2**13
# How reports begin their sentences: each of the first before each of the second.
HOW = "全面 全力 扎实 深入 持续 积极 大力 稳步 切实 认真 不断 有序 有效 着力 统筹 加快 精准 严格 严密 创新 主动 高效 优先 率先 集中 联合 及时".split()
WHAT = """推进 落实 开展 加强 提升 推动 做好 抓好 强化 完善 优化 深化 实施 打造 建设 改善 提高 维护 保障 增强 构建 夯实 巩固 整治 解决 促进
探索 创建 创新 排查 化解 处置 完成 组织 开辟 规范 监管 发力 摸排 统筹 服务 宣传 引导 培育 发展 建立 健全""".split()
PHRASE_OF_TWO = 2**13
NUMERALS = "一二三四五六七八九十"


def in_codepage(c):
    try:
        return len(c.encode("gbk")) == 2
    except UnicodeEncodeError:
        return False


def readings(source):
    table = {}
    for code, listed in json.loads(source.read_text(encoding="utf-8")).items():
        c = chr(int(code))
        if HAN.fullmatch(c) and in_codepage(c):
            for reading in listed.split(","):
                table.setdefault(unicodedata.normalize("NFC", reading), set()).add(c)
    lines = [f"{reading} {''.join(sorted(table[reading]))}" for reading in sorted(table)]
    return ["# Readings with their characters; made by tools/damage/build.py from pypinyin's pinyin_dict (MIT)."] + lines


def lexicon(source, phrases):
    words = {}
    for line in source.read_text(encoding="utf-8").splitlines():
        word, count = line.split(" ")[:2]
        if HAN.fullmatch(word) and int(count) >= LEAST.get(len(word), math.inf):
            words[word] = int(count)
    for line in phrases.read_text(encoding="utf-8").splitlines():
        for word in [] if line.startswith("#") else line.split():
            words[word] = max(words.get(word, 0), PHRASE)
    for word in (how + what for how in HOW for what in WHAT if how != what):
        words[word] = max(words.get(word, 0), PHRASE_OF_TWO)
    for number in [*NUMERALS, *("十" + n for n in NUMERALS[:9]), "二十"]:
        words[f"（{number}）"] = LABEL if len(number) == 1 else RARE_LABEL
    head = "# Words with a letter for the binary logarithm of their frequency; made by tools/damage/build.py from jieba's"
    lines = [f"{word}{chr(ord('A') + round(math.log2(words[word])))}" for word in sorted(words)]
    return [f"{head} dict.txt (MIT) and phrases.txt."] + lines


def main():
    source = pathlib.Path(sys.argv[1])
    here = pathlib.Path(__file__).parent
    files = {
        "readings.txt": readings(source / "pypinyin" / "pinyin_dict.json"),
        "lexicon.txt": lexicon(source / "jieba-0.42.1" / "jieba" / "dict.txt", here / "phrases.txt"),
    }
    for name, lines in files.items():
        (TARGET / name).write_text("\n".join(lines) + "\n", encoding="utf-8")


main()
