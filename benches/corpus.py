#!/usr/bin/env python3
"""Writes a corpus for benches/compare.sh: the samples over and over, each copy with other figures.

    corpus.py SAMPLES FOLDER MEGABYTES FILES

Every file is some samples one after the other, cut at a line end, so that it has their density of figures, their
punctuation and their damage. Digits are drawn anew, with a fixed seed: the same arguments give the same bytes. Dates and
times of day stay, because a report of the 77th of the month would be read otherwise. Prints the number of bytes written.
"""

import pathlib
import random
import re
import sys

SEED = 20240229
NUMBER = re.compile(
    r"((?:19|20)[0-9]{2}(?:[-/.][0-9]{1,2}[-/.][0-9]{1,2})?(?=[年—\s-])"
    r"|[0-9]{1,2}(?:[—-][0-9]{1,2})?(?=[月日])"
    r"|[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?)"
    r"|[0-9]+"
)


def redraw(text, dice):
    """The text with other digits in its numbers, each as long as it was."""

    def number(found):
        if found[1]:
            return found[1]
        digits = found[0]
        first = "0" if digits[0] == "0" else dice.choice("123456789")
        return first + "".join(dice.choice("0123456789") for _ in digits[1:])

    return NUMBER.sub(number, text)


def main(samples, folder, megabytes, files):
    texts = [path.read_text(encoding="utf-8") for path in sorted(pathlib.Path(samples).glob("*.txt"))]
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True)
    dice = random.Random(SEED)
    size = megabytes * 1_000_000 // files
    order, written = [], 0
    for index in range(files):
        lines, length = [], 0
        while length < size:
            if not order:
                order = dice.sample(texts, len(texts))
            for line in redraw(order.pop(), dice).splitlines(keepends=True):
                if length >= size:
                    break
                lines.append(line)
                length += len(line.encode())
        written += length
        # A thousand files a folder, as people keep them.
        path = folder / f"{index // 1000:03}" / f"{index:06}.txt"
        path.parent.mkdir(exist_ok=True)
        path.write_text("".join(lines), encoding="utf-8", newline="")
    print(written)


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
