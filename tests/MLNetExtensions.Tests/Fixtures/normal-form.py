"""Writes normal-form.txt, what Python's unicodedata makes of names: python3.13 normal-form.py > normal-form.txt

The first two lines are digests: SHA-256 of the UTF-8 of the normal forms of every character below U+30000, halves of surrogate pairs left
out, each followed by a line feed; first of the character alone, then with U+0323 and U+0301 behind it. Then a pair a line, hexadecimal, of
random characters, most of them taken apart and with marks in any order, and their normal form. Made with Unicode 15.1.
"""
import hashlib
import random
import unicodedata

END, LINES = 0x30000, 500
points = [p for p in range(END) if not 0xD800 <= p < 0xE000]


def digest(tail):
    hashed = hashlib.sha256()
    for point in points:
        hashed.update((unicodedata.normalize("NFC", chr(point) + tail) + "\n").encode())
    return hashed.hexdigest()


def hexadecimal(text):
    return " ".join(f"{ord(c):X}" for c in text)


print(digest(""))
print(digest("\u0323\u0301"))
draw = random.Random(13)
parts = [p for p in points if unicodedata.decomposition(chr(p)) and not unicodedata.decomposition(chr(p)).startswith("<")]
marks = [p for p in points if unicodedata.combining(chr(p))]
jamo = list(range(0x1100, 0x1113)) + list(range(0x1161, 0x1176)) + list(range(0x11A7, 0x11C3)) + [0xAC00, 0xAC01, 0xD7A3]
for _ in range(LINES):
    text = ""
    for _ in range(draw.randrange(1, 7)):
        text += unicodedata.normalize(draw.choice(["NFC", "NFD"]), chr(draw.choice(draw.choice([parts, marks, jamo, points]))))
        text += "".join(chr(draw.choice(marks)) for _ in range(draw.randrange(3)))
    if draw.random() < 0.5:
        middle = list(text)
        draw.shuffle(middle)
        text = "".join(middle)
    print(f"{hexadecimal(text)};{hexadecimal(unicodedata.normalize('NFC', text))}")
