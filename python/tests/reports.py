"""Reports to try engines with: lines of the project's samples, again and again with other digits, always the same."""

import json
from pathlib import Path

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
DISTRICTS = ["北京市朝阳区", "甘肃省定西市临洮县", "河北省石家庄市桥西区", "广东省河源市龙川县"]


def documents(count, lines=2):
    """`count` short reports as pairs of id and text, each with `lines` lines of a sample."""
    stock = [line for path in sorted(SAMPLES.glob("*.txt")) for line in path.read_text(encoding="utf-8-sig").splitlines()
             if 20 < len(line) < 200 and any("0" <= c <= "9" for c in line)]
    for at in range(count):
        turned = str.maketrans("123456789", "".join(str((digit + at) % 9 + 1) for digit in range(9)))
        body = (stock[(at * 7 + line * 31) % len(stock)].translate(turned) for line in range(lines))
        title = f"{DISTRICTS[at % len(DISTRICTS)]}{2000 + at % 24}年工作总结"
        yield f"r{at:06}.txt", "\n".join([title, *body]) + "\n"


def write(path, reports):
    """Writes them as JSON Lines, which program and engines read alike."""
    with open(path, "w", encoding="utf-8") as file:
        for name, text in reports:
            file.write(json.dumps({"id": name, "text": text}, ensure_ascii=False) + "\n")
