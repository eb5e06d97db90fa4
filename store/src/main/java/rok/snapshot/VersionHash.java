package rok.snapshot;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The digest of a version's state: add its members in order. docs/format/tree.md has the bytes. */
public final class VersionHash {
    private final TreeOutput out = new TreeOutput();

    public VersionHash() {
        out.raw("rok version 1\n".getBytes(StandardCharsets.US_ASCII));
    }

    public VersionHash add(String member, Content root) {
        out.bytes(ByteString.utf8(member));
        out.content(root);
        return this;
    }

    /** 64 hex digits. */
    public String hex() {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(out.take()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }
}
