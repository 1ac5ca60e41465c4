"""Writes canonical.txt, the data that NormalForm needs, from Python's unicodedata: python3.13 canonical.py > canonical.txt

Unicode never changes the normal form of a character it has assigned (UAX #15, stability policy), so a later version only adds some.
"""
import sys
import unicodedata

HANGUL = range(0xAC00, 0xD7A4)      # by arithmetic
WIDTH = 140


def classes():
    runs = []
    for point in range(sys.maxunicode + 1):
        order = unicodedata.combining(chr(point))
        if order and runs and runs[-1][1] == point - 1 and runs[-1][2] == order:
            runs[-1][1] = point
        elif order:
            runs.append([point, point, order])
    return [(f"{first:X}" if first == last else f"{first:X}-{last:X}") + f"@{order}" for first, last, order in runs]


def decompositions():
    for point in range(sys.maxunicode + 1):
        parts = unicodedata.decomposition(chr(point)).split()
        if parts and not parts[0].startswith("<") and point not in HANGUL:
            composes = unicodedata.normalize("NFC", "".join(chr(int(part, 16)) for part in parts)) == chr(point)
            yield f"{point:X}{'=' if composes else ':'}" + "+".join(part.lstrip("0") for part in parts)


def write(entries):
    line = ""
    for entry in entries:
        if len(line) + 1 + len(entry) > WIDTH:
            print(line)
            line = ""
        line += (" " if line else "") + entry
    print(line)


print(f"# Unicode {unicodedata.unidata_version}, made by canonical.py. FIRST-LAST@CLASS: canonical combining classes. CHARACTER=PARTS: canonical")
print("# decompositions; those with a colon are not composed again. Hexadecimal, but for the classes. Hangul is left to arithmetic.")
write(classes())
write(decompositions())
