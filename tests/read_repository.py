#!/usr/bin/env python3
"""A second reader of Rok's repository, written from docs/format alone: it shares no code and no library with Rok but zstd.

  read_repository.py STORE BUCKET/FILE[@VERSION] TARGET   gives back a version

Needs Python 3.10 and `zstandard`; for an encrypted repository unlock_repository.py, and a key where Rok looks for one. Slow and plain on purpose. What it does not need for that, verify_repository.py checks.
"""

import base64
import hashlib
import json
import os
import re
import struct
import sys
from pathlib import Path

import zstandard

CHUNK_MAX = 262_144
NONE = bytes(32)

class Corrupt(Exception):
    pass

def need(holds, what):
    if not holds:
        raise Corrupt(what)

def crc_table():
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
        yield value

TABLE = tuple(crc_table())

def crc32c(*parts):
    crc = 0xFFFFFFFF
    for part in parts:
        for byte in part:
            crc = TABLE[(crc ^ byte) & 255] ^ crc >> 8
    return crc ^ 0xFFFFFFFF

def unseal(data, what):
    """repository.md, Sealed documents."""
    body = data[:-22]
    need(data[-22:] == b',"crc32c":"%08x"}\n' % crc32c(body), f"{what}: its seal is wrong")
    document = json.loads((body + b"}").decode("utf-8"))
    need(isinstance(document, dict), f"{what}: not an object")
    return document

def decode_record(record, digest, what, keys=None):
    """chunk.md, The record."""
    need(len(record) > 12, f"{what}: too short")
    payload_length, head = struct.unpack_from(">II", record)
    codec, plain_length = head >> 24, head & 0xFFFFFF
    need(payload_length == len(record) - 12, f"{what}: payload length")
    need(struct.unpack(">I", record[-4:])[0] == crc32c(record[:-4]), f"{what}: checksum")
    need(1 <= plain_length <= CHUNK_MAX and codec in ((2, 3) if keys else (0, 1)), f"{what}: codec or plain length")
    payload, codec = (keys.payload(record[:8], record[8:-4], digest), codec - 2) if keys else (record[8:-4], codec)
    plain = payload if codec == 0 else zstandard.ZstdDecompressor().decompressobj().decompress(payload)
    need(len(plain) == plain_length, f"{what}: {len(plain)} plain bytes")
    need((keys.chunk_id(plain) if keys else hashlib.sha256(plain).digest()) == digest, f"{what}: id")
    return plain, codec

class Store:
    def __init__(self, root):
        self.root = Path(root)
        self.parameters = unseal(self.object("rok.json"), "rok.json")
        plain = self.parameters["format"] == 1
        need(plain or self.parameters["format"] == 2, "rok.json: format")
        need(self.parameters["digest"] == ("sha-256" if plain else "hmac-sha-256"), "rok.json: digest")
        self.keys = None if plain else self.unlock("keys/" + self.parameters["encryption"]["keys"])
        self.places, self.segments, self.codecs = {}, 0, set()
        for path in sorted((self.root / "index").glob("*/*")):
            self.segments += 1
            self.places.update(self.segment(path.read_bytes(), path.name))

    def unlock(self, key):
        from unlock_repository import Keys
        return Keys(self.parameters, self.object("rok.json"), unseal(self.object(key), key))

    def document(self, path):
        """A record of the catalogue, out of its envelope where there are such."""
        data, key = path.read_bytes(), path.relative_to(self.root).as_posix()
        if self.keys:
            need(struct.unpack(">I", data[-4:])[0] == crc32c(data[:-4]), f"{key}: checksum")
            data = self.keys.document(key, data)
        return unseal(data, key)

    def check_name(self, path, depth, name):
        """A segment of a record's key, counted below catalog/, says what the record says."""
        parts = path.relative_to(self.root).parts
        parent, found = "/".join(parts[: depth + 1]) + "/", parts[depth + 1]
        said = self.keys.name(parent, found) == name if self.keys else found == segment(name)
        need(said, f"{path}: it is the record of {name}")

    def object(self, key):
        return (self.root / key).read_bytes()

    def segment(self, data, name):
        """index.md: header, pack names, fan-out and entries, every byte of them under a checksum."""
        what = f"segment {name}"
        need(data[:8] == b"ROKINDX\x01", f"{what}: magic")
        chunks, packs, bits, checksum = struct.unpack_from(">IIII", data, 8)
        need(1 <= chunks <= 4_194_304 and 1 <= packs <= 1_048_576 and bits <= 18, f"{what}: numbers")
        fan_out = 24 + 16 * packs
        entries = fan_out + (8 << bits)
        need(len(data) == entries + 48 * chunks, f"{what}: length")
        need(checksum == crc32c(data[:20], data[24:entries]), f"{what}: header checksum")
        names = [data[24 + 16 * i : 40 + 16 * i].hex() for i in range(packs)]
        start, last, found = 0, b"", {}
        for slot in range(1 << bits):
            end, checksum = struct.unpack_from(">II", data, fan_out + 8 * slot)
            need(start <= end <= chunks, f"{what}: fan-out")
            need(checksum == crc32c(data[entries + 48 * start : entries + 48 * end]), f"{what}: slot {slot}")
            for i in range(start, end):
                digest, pack, offset, length, plain = struct.unpack_from(">32sIIII", data, entries + 48 * i)
                need(last < digest and int.from_bytes(digest[:4], "big") >> 32 - bits == slot, f"{what}: order")
                found[digest] = (names[pack], offset, length, plain)
                last = digest
            start = end
        need(start == chunks, f"{what}: fan-out leaves entries out")
        return found

    def chunk(self, digest):
        need(digest in self.places, f"chunk {digest.hex()} is not listed")
        pack, offset, length, plain_length = self.places[digest]
        with open(self.root / "packs" / pack[:2] / pack, "rb") as file:
            file.seek(offset)
            plain, codec = decode_record(file.read(length), digest, f"pack {pack} at {offset}", self.keys)
        need(len(plain) == plain_length, f"chunk {digest.hex()}: plain length")
        self.codecs.add(codec)
        return plain

    def extents(self, content, start=0):
        """tree.md, Contents: (offset, length, chunk or None for a hole, its first byte there, the chunk's length) in order."""
        length, depth, root = content
        if depth == 0 or root == NONE:
            need(depth == 0 and (root == NONE or length <= CHUNK_MAX), "a hole of some depth, or a data chunk that is too long")
            if length:
                yield (start, length, None, 0, 0) if root == NONE else (start, length, root, 0, length)
        else:
            data = self.chunk(root)
            magic, version, own, count = struct.unpack_from(">4sBBH", data)
            need(magic == b"RokL" and version in (1, 2) and own == depth <= (8, 1)[version - 1], f"list {root.hex()}: header")
            item = (">Q32s", ">Q32sII")[version - 1]
            need(1 <= count <= 4096 and len(data) == 8 + struct.calcsize(item) * count, f"list {root.hex()}: items")
            items = [(*item, 0, item[0])[:4] for item in struct.iter_unpack(item, data[8:])]
            need(sum(item[0] for item in items) == length and all(item[0] for item in items), "lengths of a list")
            need(all(a[1] != NONE or b[1] != NONE for a, b in zip(items, items[1:])), "a hole after a hole")
            for item_length, digest, first, whole in items:
                if depth == 1 and digest != NONE:
                    need(first + item_length <= whole <= CHUNK_MAX, f"list {root.hex()}: a range outside of its chunk")
                    yield start, item_length, digest, first, whole
                else:
                    yield from self.extents((item_length, 0 if digest == NONE else depth - 1, digest), start)
                start += item_length

    def data(self, content):
        """(offset, bytes) of what is not a hole."""
        for offset, length, digest, first, whole in self.extents(content):
            if digest is not None:
                plain = self.chunk(digest)
                need(len(plain) == whole, f"chunk {digest.hex()}: not as long as its list says")
                yield offset, plain[first : first + length]

    def tree(self, content):
        return Tree(b"".join(plain for _, plain in self.data(content)))

    def versions(self):
        """catalog.md: (key, record), records checked against their keys."""
        for path in sorted(self.root.glob("catalog/*/*/*/*")):
            if re.fullmatch("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", path.name):
                record = self.document(path)
                need(record["kind"] == "version" and record["format"] == 1, f"{path}: kind or format")
                for depth, name in enumerate(("account", "bucket", "file")):
                    self.check_name(path, depth, record[name])
                need(path.name == record["version"], f"{path}: it is the record of {record['version']}")
                yield record

def segment(name):
    """catalog.md, Segment of a key."""
    text = re.sub(rb"[^A-Za-z0-9._=+@-]", lambda m: b"%%%02X" % m[0][0], name.encode()).decode()
    text = re.sub(r"^\.", "%2E", text)
    text = re.sub(r"\.json$", "%2Ejson", text)
    return text if len(text) <= 199 else "~" + base64.urlsafe_b64encode(name.encode()).decode().rstrip("=")

class Tree:
    """tree.md, Trees: `attributes` of the top folder or None, and `entries`."""

    def __init__(self, data):
        self.bytes, self.at = data, 0
        need(self.take(5) == b"RokT\x01", "a tree's magic")
        top = self.take(1)[0]
        need(top <= 1, "a tree's flag")
        self.attributes = self.read_attributes() if top else None
        self.entries = list(self.read_entries())

    def take(self, count):
        need(self.at + count <= len(self.bytes), "a tree ends early")
        self.at += count
        return self.bytes[self.at - count : self.at]

    def varint(self):
        value = shift = 0
        while True:
            byte = self.take(1)[0]
            value |= (byte & 127) << shift
            if byte < 128:
                need(byte or not shift, "a varint longer than it needs to be")
                return value
            shift += 7

    def signed(self):
        value = self.varint()
        return value >> 1 ^ -(value & 1)

    def text(self):
        return self.take(self.varint())

    def content(self):
        length = self.varint()
        return (length, self.take(1)[0], self.take(32)) if length else (0, 0, NONE)

    def read_attributes(self):
        mode, uid, gid, seconds, nanos = self.varint(), self.varint(), self.varint(), self.signed(), self.varint()
        need(mode <= 0o7777 and nanos < 1_000_000_000, "mode or nanoseconds")
        return mode, uid, gid, seconds * 1_000_000_000 + nanos, [(self.text(), self.text()) for _ in range(self.varint())]

    def read_entries(self):
        last, count = b"", 0
        while kind := self.take(1)[0]:
            name = self.text()
            need(name > last and b"/" not in name and b"\0" not in name and name not in (b".", b".."), "a name")
            last, count = name, count + 1
            attributes = self.read_attributes()
            if kind == 1:
                yield "d", name, attributes, (self.content(), self.varint(), self.varint())
            elif kind == 2:
                yield "f", name, attributes, (self.content(), self.text())
            elif kind == 3:
                yield "l", name, attributes, self.text()
            else:
                need(kind == 4, f"an entry of kind {kind}")
                yield "p", name, attributes, None
        need(self.varint() == count and self.at == len(self.bytes), "a tree's end")

def roots(record):
    """(name, content) of each member, then of the attachments."""
    found = [(member["name"], member["root"]) for member in record["members"]]
    found += [("attachments", record["attachments"])] if record["attachments"] else []
    return [(name, (root["length"], root["depth"], bytes.fromhex(root["root"]))) for name, root in found]

def apply(path, kind, attributes):
    mode, uid, gid, time, xattrs = attributes
    if os.geteuid() == 0:
        os.chown(path, uid, gid, follow_symlinks=False)
    for name, value in xattrs:
        os.setxattr(path, name, value, follow_symlinks=False)
    if kind != "l":
        os.chmod(path, mode)
    os.utime(path, ns=(time, time), follow_symlinks=False)

def restore(store, tree, folder, top):
    for kind, name, attributes, rest in tree.entries:
        path = folder + b"/" + name
        if kind == "d":
            os.mkdir(path, 0o700)
            restore(store, store.tree(rest[0]), path, top)
        elif kind == "f" and rest[1]:
            os.link(top + b"/" + rest[1], path)
        elif kind == "f":
            with open(path, "xb") as file:
                for offset, plain in store.data(rest[0]):
                    file.seek(offset)
                    file.write(plain)
                file.truncate(rest[0][0])
        elif kind == "l":
            os.symlink(rest, path)
        else:
            os.mkfifo(path)
        apply(path, kind, attributes)

def restore_version(store, name, target):
    place, _, version = name.partition("@")
    found = [r for r in store.versions() if f"{r['bucket']}/{r['file']}" == place and r["state"] == "committed"]
    record = [r for r in found if r["version"].startswith(version)][-1]
    for member, root in roots(record)[: len(record["members"])]:
        folder = os.fsencode(target if len(record["members"]) == 1 else os.path.join(target, member))
        os.makedirs(folder)
        tree = store.tree(root)
        restore(store, tree, folder, folder)
        apply(folder, "d", tree.attributes)

if __name__ == "__main__":
    restore_version(Store(sys.argv[1]), *sys.argv[2:4])
