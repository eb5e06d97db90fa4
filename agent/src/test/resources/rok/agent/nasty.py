"""Makes a folder with everything that is awkward about folders. Usage: nasty.py FOLDER SEED"""

import os
import random
import socket
import struct
import sys


def write(path, data, mode=0o644):
    with open(path, "wb") as f:
        f.write(data)
    os.chmod(path, mode)


def acl():
    """user::rw-, user:1234:r--, group::r--, mask::r--, other::---"""
    entries = [(1, 6, -1), (2, 4, 1234), (4, 4, -1), (16, 4, -1), (32, 0, -1)]
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHi", *e) for e in entries)


def xattr(path, name, value):
    try:
        os.setxattr(path, name, value, follow_symlinks=False)
    except OSError as e:
        print(f"no {name} here: {e}", file=sys.stderr)


def main(top, seed):
    rng = random.Random(seed)
    os.makedirs(top)
    os.chdir(os.fsencode(top))
    write(b"empty", b"")
    write(b"one byte", b"x")
    write(b"small", rng.randbytes(5000))
    write(b"medium", rng.randbytes(700_000))
    write(b"large", rng.randbytes(3 << 20) * 12)
    write(b"setuid", b"#!/bin/sh\n", 0o4755)
    write(b"setgid", b"#!/bin/sh\n", 0o2755)
    write(b"no rights", b"secret", 0o000)
    os.makedirs(b"empty folder/also empty")
    os.chmod(b"empty folder", 0o1777)
    os.makedirs(b"a")
    os.makedirs(b"a-")
    os.makedirs(b"b/c")
    write(b"a/f", rng.randbytes(100_000))
    os.link(b"a/f", b"a/second")
    os.link(b"a/f", b"b/c/third")
    os.link(b"a/f", b"a-/between")
    write(b"b/linked", b"linked")
    os.link(b"b/linked", b"z-linked")
    os.symlink(b"a/f", b"link")
    os.symlink(b"nowhere/\xff", b"dangling")
    os.symlink(b"/", b"out")
    os.symlink(b"b", b"to a folder")
    os.mkfifo(b"fifo", 0o640)
    s = socket.socket(socket.AF_UNIX)
    s.bind(b"socket")
    for name in (b"\xff\xfe", b"new\nline", b"tab\tand \\ and ' and \"", b"\xe2\x82\xac", b"x" * 255, b"-rf", b" ", b"..."):
        write(b"b/" + name, name)
    os.makedirs(b"\xc3\x28")
    write(b"\xc3\x28/\xf0\x28", b"bad utf-8")
    deep = b"deep"
    for i in range(60):
        deep += b"/" + (b"%03d-" % i) + b"d" * 100
        # Longer than a path may be: one step at a time
    at = os.getcwdb()
    for name in deep.split(b"/"):
        os.mkdir(name)
        os.chdir(name)
    write(b"bottom", b"deep down")
    os.chdir(at)
    with open(b"sparse", "wb") as f:
        f.truncate(200 << 20)
        for offset in (0, 70 << 20, (150 << 20) + 12345):
            f.seek(offset)
            f.write(rng.randbytes(100_000))
    with open(b"all hole", "wb") as f:
        f.truncate(5 << 20)
    with open(b"ends in a hole", "wb") as f:
        f.write(rng.randbytes(10_000))
        f.truncate(1 << 20)
    xattr(b"small", b"user.note", b"\x00\xff value")
    xattr(b"small", b"user.empty", b"")
    xattr(b"a", b"user.folder", b"on a folder")
    xattr(b"medium", b"system.posix_acl_access", acl())
    xattr(b"a", b"system.posix_acl_default", acl())
    for i, name in enumerate((b"small", b"a/f", b"link", b"fifo", b"b/c", b"empty folder", b"a", b"b")):
        os.utime(name, ns=(0, 1_500_000_000_123_456_789 + i), follow_symlinks=False)
    os.utime(b"one byte", ns=(0, -5_000_000_001))
    os.utime(b".", ns=(0, 1_600_000_000_000_000_001))


main(sys.argv[1], int(sys.argv[2]))
