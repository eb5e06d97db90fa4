"""The keys of an encrypted repository, for read_repository.py: written from docs/format/encryption.md alone. Needs `cryptography`.

The key is where Rok looks for it: ROK_KEY_FILE or ROK_PASSPHRASE_FILE.
"""

import base64
import hashlib
import hmac
import os
import struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ZERO_NONCE = bytes(12)

def mac(key, *parts):
    return hmac.new(key, b"".join(parts), hashlib.sha256).digest()

def expand(key, info, length=32):
    """RFC 5869, HKDF-Expand."""
    made, block = b"", b""
    while len(made) < length:
        block = mac(key, block, info, bytes([len(made) // 32 + 1]))
        made += block
    return made[:length]

def labeled(salt, suite, label, material):
    return mac(salt, b"HPKE-v1", suite, label, material)

def decapsulate(private, encapsulated):
    """RFC 9180, DHKEM(X25519, HKDF-SHA256)."""
    public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    secret = private.exchange(X25519PublicKey.from_public_bytes(encapsulated))
    suite = b"KEM" + struct.pack(">H", 0x20)
    extracted = labeled(bytes(32), suite, b"eae_prk", secret)
    return expand(extracted, struct.pack(">H", 32) + b"HPKE-v1" + suite + b"shared_secret" + encapsulated + public)

def slot_secret(kdf):
    """The slot's secret; None where this slot opens by something that was not given."""
    salt = bytes.fromhex(kdf["salt"])
    if kdf["name"] == "argon2id" and "ROK_PASSPHRASE_FILE" in os.environ:
        with open(os.environ["ROK_PASSPHRASE_FILE"], "rb") as file:
            passphrase = file.readline().rstrip(b"\r\n")
        return Argon2id(salt=salt, length=32, iterations=kdf["passes"], lanes=kdf["lanes"], memory_cost=kdf["memory_kib"]).derive(passphrase)
    if kdf["name"] == "key-file" and "ROK_KEY_FILE" in os.environ:
        with open(os.environ["ROK_KEY_FILE"], "rb") as file:
            return expand(mac(salt, file.read()), b"rok key file")
    return None

class Keys:
    def __init__(self, parameters, rok_json, document):
        binding = hashlib.sha256(rok_json).digest()
        self.account_scopes = parameters["encryption"]["share"] == "account"
        master = self.master(document, binding)
        sealed = bytes.fromhex(document["ring"])
        generation = struct.pack(">H", document["generation"])
        ring = AESGCM(expand(master, b"rok ring " + sealed[:32])).decrypt(ZERO_NONCE, sealed[32:], binding + generation)
        count = struct.unpack_from(">H", ring, 33)[0]
        assert ring[0] == 1 and count == document["generation"]
        self.ids = ring[1:33]
        self.roots = [ring[35 + 32 * i : 67 + 32 * i] for i in range(count)]
        self.account = "local"

    @staticmethod
    def master(document, binding):
        for slot in document["slots"]:
            secret = slot_secret(slot["kdf"])
            if secret is None:
                continue
            private = X25519PrivateKey.from_private_bytes(expand(secret, b"rok slot"))
            shared = decapsulate(private, bytes.fromhex(slot["encapsulated"]))
            info = b"rok slot " + binding + bytes.fromhex(slot["id"]) + struct.pack(">H", document["generation"])
            try:
                return AESGCM(expand(shared, info)).decrypt(ZERO_NONCE, bytes.fromhex(slot["master"]), None)
            except InvalidTag:
                continue
        raise SystemExit("no slot opens by ROK_KEY_FILE or ROK_PASSPHRASE_FILE")

    def scope(self, root):
        return expand(root, b"rok account " + self.account.encode() if self.account_scopes else b"rok repository")

    def data(self, generation, label, scope=None):
        root = self.roots[generation - 1]
        return expand(expand(root, scope) if scope else self.scope(root), label)

    def chunk_id(self, plain):
        return mac(expand(self.scope(self.ids), b"rok chunk ids"), plain)

    def payload(self, head, payload, digest):
        """Chunks: the payload as it was before it was encrypted."""
        generation, nonce = struct.unpack_from(">H12s", payload)
        key = expand(self.data(generation, b"rok chunks"), digest)
        return AESGCM(key).decrypt(nonce, payload[14:], head + payload[:2] + digest)

    def document(self, key, envelope, scope=None):
        """Documents: what lies in the envelope at this object's key."""
        assert envelope[:8] == b"ROKSEAL\x01"
        generation, salt = struct.unpack_from(">H32s", envelope, 8)
        cipher = AESGCM(expand(self.data(generation, b"rok documents", scope), salt))
        plain = cipher.decrypt(ZERO_NONCE, envelope[42:-4], envelope[:42] + key.encode())
        length = struct.unpack_from(">I", plain)[0]
        assert len(plain) % 256 == 0 and not any(plain[4 + length :])
        return plain[4 : 4 + length]

    def name(self, parent, segment):
        """Names in keys: what a segment below a parent stands for."""
        root = self.ids if parent == "catalog/" else self.scope(self.ids)
        data = base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
        tag = data[:16]
        padded = Cipher(algorithms.AES(expand(root, b"rok names")), modes.CTR(tag)).decryptor().update(data[16:])
        assert tag == mac(expand(root, b"rok name tags"), parent.encode(), padded)[:16]
        return padded[1 : 1 + padded[0]].decode()
