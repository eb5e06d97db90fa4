"""Prints what is in a folder, a line for each entry, so that two folders can be compared by comparing text.

Usage: dump.py FOLDER [--no-kinds=s]: path, kind, mode, owner, mtime, size, first name of the inode, target,
attributes, digest of the content, and where a sparse file has data.
"""

import errno
import hashlib
import os
import stat
import sys

KINDS = {stat.S_IFREG: "f", stat.S_IFDIR: "d", stat.S_IFLNK: "l", stat.S_IFIFO: "p", stat.S_IFSOCK: "s"}


def attributes(fd_path):
    found = []
    for name in sorted(os.listxattr(fd_path, follow_symlinks=False)):
        if name.startswith(("user.", "system.posix_acl_")) or name == "security.capability":
            found.append(name + "=" + os.getxattr(fd_path, name, follow_symlinks=False).hex())
    return ",".join(found)


def content(folder, name, size):
    fd = os.open(name, os.O_RDONLY | os.O_NOATIME if os.geteuid() == 0 else os.O_RDONLY, dir_fd=folder)
    try:
        digest, holes, at = hashlib.sha256(), 0, 0
        while at < size:
            try:
                data = os.lseek(fd, at, os.SEEK_DATA)
            except OSError as e:
                if e.errno != errno.ENXIO:
                    raise
                data = size
            holes += data - at
            if data == size:
                break
            end = os.lseek(fd, data, os.SEEK_HOLE)
            digest.update(b"%d " % data)
            os.lseek(fd, data, os.SEEK_SET)
            left = end - data
            while left:
                block = os.read(fd, min(left, 1 << 20))
                if not block:
                    break
                digest.update(block)
                left -= len(block)
            at = end
        return f"{digest.hexdigest()} holes={holes}"
    finally:
        os.close(fd)


def walk(fd, path, inodes, out):
    for name in sorted(os.listdir(fd), key=os.fsencode):
        name = os.fsencode(name)
        st = os.lstat(name, dir_fd=fd) if False else os.stat(name, dir_fd=fd, follow_symlinks=False)
        kind = KINDS.get(stat.S_IFMT(st.st_mode), "?")
        if kind in "s?":
            continue
        where = path + b"/" + name
        first = inodes.setdefault((st.st_dev, st.st_ino), where) if kind == "f" else b""
        line = [
            repr(where), kind, oct(stat.S_IMODE(st.st_mode)), st.st_uid, st.st_gid, st.st_mtime_ns,
            st.st_size if kind in "fl" else 0, repr(first),
            repr(os.readlink(name, dir_fd=fd)) if kind == "l" else "",
            "" if kind == "l" else attributes(b"/proc/self/fd/%d/%s" % (fd, name)),
            content(fd, name, st.st_size) if kind == "f" else "",
        ]
        out.write("\t".join(map(str, line)) + "\n")
        if kind == "d":
            child = os.open(name, os.O_RDONLY | os.O_DIRECTORY, dir_fd=fd)
            try:
                walk(child, where, inodes, out)
            finally:
                os.close(child)


def main(top):
    sys.setrecursionlimit(10_000)
    fd = os.open(top, os.O_RDONLY | os.O_DIRECTORY)
    st = os.fstat(fd)
    print("top", oct(stat.S_IMODE(st.st_mode)), st.st_uid, st.st_gid, st.st_mtime_ns, attributes(b"/proc/self/fd/%d" % fd))
    walk(fd, b"", {}, sys.stdout)


main(sys.argv[1])
