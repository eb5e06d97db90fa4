package rok.snapshot;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import rok.chunk.ChunkId;

/** The pieces of a tree's encoding, growing in memory: one entry at a time. */
final class TreeOutput {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream(256);

    void raw(int value) {
        out.write(value);
    }

    void raw(byte[] bytes) {
        out.writeBytes(bytes);
    }

    void varint(long value) {
        var rest = value;
        while ((rest & ~0x7fL) != 0) {
            out.write((int) (rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        out.write((int) rest);
    }

    void signed(long value) {
        varint((value << 1) ^ (value >> 63));
    }

    void bytes(ByteString bytes) {
        varint(bytes.length());
        out.writeBytes(bytes.toArray());
    }

    void content(Content content) {
        varint(content.length());
        if (content.length() > 0) {
            raw(content.depth());
            var root = ByteBuffer.allocate(ChunkId.BYTES);
            content.root().write(root);
            out.writeBytes(root.array());
        }
    }

    void attributes(Attributes attributes) {
        varint(attributes.mode());
        varint(attributes.uid());
        varint(attributes.gid());
        var modified = attributes.modified();
        signed(modified.getEpochSecond());
        varint(modified.getNano());
        varint(attributes.xattrs().size());
        for (var xattr : attributes.xattrs()) {
            bytes(xattr.name());
            bytes(xattr.value());
        }
    }

    void entry(Entry entry) {
        raw(EntryCodec.kind(entry));
        bytes(entry.name());
        attributes(entry.attributes());
        switch (entry) {
            case Entry.Folder folder -> {
                content(folder.tree());
                varint(folder.files());
                varint(folder.bytes());
            }
            case Entry.File file -> {
                content(file.content());
                bytes(file.first());
            }
            case Entry.Symlink link -> bytes(link.target());
            case Entry.Fifo _ -> {}
        }
    }

    byte[] take() {
        var bytes = out.toByteArray();
        out.reset();
        return bytes;
    }
}
