"""Where docs/format says that a disk is cut: offset, length, and - for a hole, a line each. Written from the pages alone."""
import sys

PAGE, SEGMENT, HOLE, M64 = 4096, 32 << 20, 16 << 10, (1 << 64) - 1

gear, state = [], 0x526F6B4765617231
for _ in range(256):
    state = (state + 0x9E3779B97F4A7C15) & M64
    z = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & M64
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & M64
    gear.append(z ^ (z >> 31))

crcs = []
for byte in range(256):
    for _ in range(8):
        byte = (byte >> 1) ^ (0x82F63B78 if byte & 1 else 0)
    crcs.append(byte)


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crcs[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    return crc ^ 0xFFFFFFFF


def rotl(number, by):
    return ((number << by) | (number >> (64 - by))) & M64


def cut(data):
    for end in range(16384, len(data), PAGE):
        if end == 262144:
            return end
        crc = crc32c(data[end - PAGE : end])
        h = gear[crc & 0xFF]
        for i in 1, 2, 3:
            h ^= rotl(gear[crc >> (8 * i) & 0xFF], 16 * i)
        if h >> (59 if end < 65536 else 61) == 0:
            return end
    return len(data)


def runs(data):
    """(from, to, is zero) of runs of pages."""
    found = []
    for at in range(0, len(data), PAGE):
        end = min(at + PAGE, len(data))
        zero = not any(data[at:end])
        if found and found[-1][2] == zero:
            found[-1][1] = end
        else:
            found.append([at, end, zero])
    return found


disk = open(sys.argv[1], "rb").read()
for start in range(0, len(disk), SEGMENT):
    segment = disk[start : start + SEGMENT]
    pieces = []
    for at, end, zero in runs(segment):
        hole = zero and (end - at >= HOLE or end == len(segment))
        if not hole and pieces and not pieces[-1][2]:
            pieces[-1][1] = end
        else:
            pieces.append([at, end, hole])
    for at, end, hole in pieces:
        while at < end:
            length = end - at if hole else cut(segment[at:end])
            print(start + at, length, "-" if hole else "+")
            at += length
