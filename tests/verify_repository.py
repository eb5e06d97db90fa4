#!/usr/bin/env python3
"""Checks all that a checksum, a length or an id of Rok's repository speaks of, from docs/format alone.

  verify_repository.py STORE

Reads it by read_repository.py, and needs what that needs.
"""

import hashlib
import struct
import sys

from read_repository import Store, crc32c, decode_record, need, roots

def varint(value):
    return bytes([value & 127 | 128]) + varint(value >> 7) if value > 127 else bytes([value])

def version_hash(record):
    """tree.md, The hash of a version."""
    digest = hashlib.sha256(b"rok version 1\n")
    for name, (length, depth, root) in roots(record)[: len(record["members"])]:
        encoded = name.encode()
        digest.update(varint(len(encoded)) + encoded + varint(length) + (bytes([depth]) + root if length else b""))
    return digest.hexdigest()

def check_epochs(store):
    """gc.md: what each epoch says, out of its envelope where there are such; the number of packs of each."""
    counts = {}
    for path in sorted(store.root.glob("gc/*")):
        data, key = path.read_bytes(), path.relative_to(store.root).as_posix()
        data = store.keys.document(key, data, b"rok repository") if store.keys else data
        if path.name.endswith("+done"):
            need(data == b"\n", f"{key}: not a line feed")
            continue
        need(data[:8] == b"ROKCOND\x01" and struct.unpack(">I", data[-4:])[0] == crc32c(data[:-4]), f"{key}: magic or checksum")
        epoch, count = struct.unpack_from(">QI", data, 8)
        names = [data[20 + 16 * i : 36 + 16 * i] for i in range(count)]
        need(path.name.split("+")[0] == f"{epoch:010d}" and len(data) == 24 + 16 * count, f"{key}: epoch or length")
        need(names == sorted(set(names)), f"{key}: order")
        counts[path.name] = count
    return counts

def check_pack(store, path):
    """pack.md, from the end to the beginning, and every record."""
    data, what = path.read_bytes(), f"pack {path.name}"
    need(path.parent.name == path.name[:2] and len(data) <= 16_777_216, f"{what}: place or length")
    need(data[:8] == b"ROKPACK\x01" and data[-8:] == b"ROKPEND\x01", f"{what}: magic")
    count, length, checksum = struct.unpack(">III", data[-20:-8])
    footer = len(data) - 20 - 44 * count
    need(length == len(data) and footer >= 8, f"{what}: trailer")
    need(checksum == crc32c(data[footer : len(data) - 12]), f"{what}: footer checksum")
    at, listed = 8, {}
    for i in range(count):
        digest, offset, size, plain_length = struct.unpack_from(">32sIII", data, footer + 44 * i)
        need(offset == at and digest not in listed, f"{what}: entry {i}")
        plain, _ = decode_record(data[at : at + size], digest, f"{what} at {at}", store.keys)
        need(len(plain) == plain_length, f"{what}: plain length of entry {i}")
        listed[digest] = (path.name, offset, size, plain_length)
        at += size
    need(at == footer, f"{what}: a gap before the footer")
    return listed

def count(store, tree):
    """Reads all that a tree holds; what its folder's entry must say: files, and bytes once for each file."""
    files = size = 0
    for kind, name, _, rest in tree.entries:
        if kind == "d":
            below = count(store, store.tree(rest[0]))
            need(below == rest[1:], f"folder {name!r} counts {rest[1:]}, not {below}")
            files, size = files + below[0], size + below[1]
        else:
            files += 1
        if kind == "f":
            need(sum(length for _, length, *_ in store.extents(rest[0])) == rest[0][0], f"length of {name!r}")
            need(all(offset + len(plain) <= rest[0][0] for offset, plain in store.data(rest[0])), f"data of {name!r}")
            size += 0 if rest[1] else rest[0][0]
    return files, size

def verify(store):
    packs = [check_pack(store, path) for path in sorted(store.root.glob("packs/*/*"))]
    there = {(digest, place) for pack in packs for digest, place in pack.items()}
    need(all(item in there for item in store.places.items()), "the index names a place where no such chunk is")
    for path in store.root.glob("catalog/*/*/bucket.json"):
        store.check_name(path, 1, store.document(path)["name"])
    epochs = check_epochs(store)
    states = []
    for record in store.versions():
        states.append(record["state"])
        if record["state"] == "committed":
            need(record["hash"] == version_hash(record), f"hash of {record['version']}")
            counts = [count(store, store.tree(root)) for _, root in roots(record)]
            said = [(member["files"], member["bytes"]) for member in record["members"]]
            need(counts[: len(said)] == said, f"version {record['version']} counts {said}, not {counts}")
    codecs = "+".join(("plain", "zstd")[codec] for codec in sorted(store.codecs))
    print(f"good: {len(packs)} packs, {store.segments} segments, {len(store.places)} chunks ({codecs}), "
          + ", ".join(f"{states.count(state)} {state}" for state in sorted(set(states)))
          + "".join(f", gc/{name}: {count}" for name, count in epochs.items()))

if __name__ == "__main__":
    verify(Store(sys.argv[1]))
