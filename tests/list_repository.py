#!/usr/bin/env python3
"""Prints every version of a store, and every entry of its trees, as GoldenVersionsTest does: list_repository.py STORE."""

import hashlib
import sys
from urllib.parse import quote_from_bytes

from read_repository import Store, roots


def show_attributes(kind, path, attributes):
    mode, uid, gid, time, xattrs = attributes
    shown = ",".join(f"{quote_from_bytes(name)}={value.hex()}" for name, value in xattrs)
    return f"{kind} {quote_from_bytes(path)} {mode:o} {uid}:{gid} {time} {shown or '-'}"


def show(store, tree, path, out):
    for kind, name, attributes, rest in tree.entries:
        where = path + b"/" + name if path else name
        line = show_attributes(kind, where, attributes)
        if kind == "f":
            digest, at, depth, holes = hashlib.sha256(), 0, rest[0][1], 0
            for offset, plain in store.data(rest[0]):
                digest.update(bytes(offset - at) + plain)
                holes, at = holes + offset - at, offset + len(plain)
            digest.update(bytes(rest[0][0] - at))
            holes += rest[0][0] - at
            line += f" {rest[0][0]} {digest.hexdigest()} holes={holes} depth={depth} {quote_from_bytes(rest[1]) or '-'}"
        out(line + (" " + quote_from_bytes(rest) if kind == "l" else ""))
        if kind == "d":
            show(store, store.tree(rest[0]), where, out)


def show_all(store, out):
    for record in store.versions():
        labels = ",".join(f"{k}={v}" for k, v in sorted(record["labels"].items()))
        out(f"{record['state']} {record['bucket']}/{record['file']}@{record['version']} [{record['title']}] [{labels}]")
        if record["state"] == "committed":
            for name, root in roots(record):
                tree = store.tree(root)
                out(show_attributes("member", name.encode(), tree.attributes))
                show(store, tree, b"", out)


if __name__ == "__main__":
    show_all(Store(sys.argv[1]), print)
