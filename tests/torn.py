#!/usr/bin/env python3
"""Whether a group is of one instant: blocks that describe themselves, written to several disks in turn.

  torn.py write SECONDS FILE...   writes block n to each file, in order, synced, then block n + 1; prints how many
  torn.py check FILE...           the files hold what was there at one instant: prints its number
"""

import os
import struct
import sys
import time
import zlib

BLOCKS = 256
BLOCK = 4096


def block(number, file):
    body = struct.pack(">QI", number, file) + bytes((number + i) & 255 for i in range(BLOCK - 16))
    return body + struct.pack(">I", zlib.crc32(body))


def write(seconds, paths):
    files = [os.open(path, os.O_RDWR | os.O_CREAT) for path in paths]
    end = time.monotonic() + seconds
    number = 0
    while time.monotonic() < end:
        number += 1
        for index, file in enumerate(files):
            os.pwrite(file, block(number, index), number % BLOCKS * BLOCK)
            os.fdatasync(file)
    print(number)


def newest(path, index):
    """The last number in the file, when it holds exactly the blocks up to that one."""
    with open(path, "rb") as file:
        data = file.read(BLOCKS * BLOCK)
    found = {}
    for at in range(0, len(data), BLOCK):
        piece = data[at : at + BLOCK]
        if any(piece):
            number, of = struct.unpack_from(">QI", piece)
            if piece != block(number, index) or of != index or number % BLOCKS != at // BLOCK:
                sys.exit(f"{path}: block {at // BLOCK} is none that was ever written")
            found[number] = True
    if not found:
        return 0
    last = max(found)
    expected = range(max(1, last - BLOCKS + 1), last + 1)
    # The block after the last may be under way where that of BLOCKS before was: overwritten in place, whole or not at all
    if sorted(found) != list(expected):
        sys.exit(f"{path}: {len(found)} blocks up to {last}, and not the last {len(expected)}")
    return last


def check(paths):
    numbers = [newest(path, index) for index, path in enumerate(paths)]
    for before, after in zip(numbers, numbers[1:]):
        if before not in (after, after + 1):
            sys.exit(f"no instant: {numbers}")
    if numbers[0] - numbers[-1] > 1:
        sys.exit(f"no instant: {numbers}")
    print(numbers[0])


if __name__ == "__main__":
    if sys.argv[1] == "write":
        write(float(sys.argv[2]), sys.argv[3:])
    else:
        check(sys.argv[2:])
