"""Makes the folders of the golden repository: everything that the formats can say of a folder, small.

Usage: golden.py FOLDER: makes work/, data/ and notes/ in it. As root, for owners; on a file system with attributes.
"""

import hashlib
import os
import random
import sys

top = sys.argv[1]
chance = random.Random(1)


def write(path, data):
    path = os.path.join(top, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data)
    return path


def island(wanted):
    """4 KiB whose chunk ends a list, or does not: the last 9 bits of its id are zero."""
    while True:
        text = b"%032x" % chance.getrandbits(128) * 128
        if (int.from_bytes(hashlib.sha256(text).digest()[-2:], "big") & 511 == 0) == wanted:
            return text


write("work/empty", b"")
write("work/small.txt", b"small: stored plain\n")
write("work/text.txt", b"the same words again and again\n" * 3000)
write("work/noise.bin", chance.randbytes(40_000))
write("work/" + "n\u00e4me with spaces.json", b"{}")
write(b"work/not utf-8 \xff\xfe\n".decode("utf-8", "surrogateescape"), b"bytes")
write("work/.hidden/deep/er/file", b"deep")
os.makedirs(os.path.join(top, "work/empty folder"))
os.link(write("work/linked", b"one file"), os.path.join(top, "work/sub-link"))
os.link(os.path.join(top, "work/linked"), os.path.join(top, "work/.hidden/link"))
os.symlink(b"/no/where/\xff", os.path.join(top, "work/dangling").encode())
os.mkfifo(os.path.join(top, "work/fifo"))
tagged = write("work/tagged", b"attributes")
os.setxattr(tagged, "user.empty", b"")
os.setxattr(tagged, "user.rok", b"\x00\x01\xff" * 20)
# A hole of the whole file, one before data, and one behind
for name, length in (("all-hole", 1 << 20), ("hole-behind", 300_000)):
    with open(write("work/sparse/" + name, b"" if name == "all-hole" else b"x" * 4096), "r+b") as file:
        file.truncate(length)
# 132 islands and holes are 264 items; the last of them ends the list, and a second one follows: a list of depth 2
with open(write("work/sparse/deep-lists", b""), "r+b") as file:
    for number in range(140):
        file.seek(number * 131_072)
        file.write(island(number == 131))
write("data/rows.csv", b"a,b\n" + b"".join(b"%d,%d\n" % (i, i * i) for i in range(200)))
write("notes/log.txt", b"what the step said\n")
write("notes/report/index.html", b"<p>done</p>")
os.chown(os.path.join(top, "work/small.txt"), 1234, 5678)
os.chown(os.path.join(top, "work/dangling"), 1234, 70_000, follow_symlinks=False)
os.chmod(os.path.join(top, "work/small.txt"), 0o6751)
os.chmod(os.path.join(top, "work/empty folder"), 0o1777)
for number, (folder, names, files) in enumerate(os.walk(top, topdown=False)):
    for name in files:
        os.utime(os.path.join(folder, name), ns=(0, 1_700_000_000_123_456_789 + number), follow_symlinks=False)
    os.utime(folder, ns=(0, -1_000_000_001 if folder.endswith("er") else 1_600_000_000_000_000_000))
