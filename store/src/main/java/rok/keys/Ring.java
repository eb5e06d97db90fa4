package rok.keys;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import rok.cipher.DataRoots;
import rok.cipher.Secret;
import rok.format.ByteReader;
import rok.format.ByteWriter;
import rok.format.StoreException;

/**
 * What the master key opens.
 *
 * @param roots of the data of each generation, the first one first
 */
record Ring(Secret ids, List<Secret> roots, List<Member> members) {
    private static final int VERSION = 1;
    private static final int BYTES_MAX = 1 << 18;
    private static final int PADDED_TO_BYTES = 256;
    static final int LABEL_BYTES_MAX = 200;

    Ring {
        roots = List.copyOf(roots);
        members = List.copyOf(members);
    }

    /**
     * A slot, as who is in knows it.
     *
     * @param id as the slot's
     * @param publicKey 64 hex digits
     */
    record Member(String id, Instant created, Credential.Kind kind, String publicKey, String label) {}

    int generation() {
        return roots.size();
    }

    Ring with(List<Member> others) {
        return new Ring(ids, roots, others);
    }

    Ring with(Secret root) {
        var all = new ArrayList<>(roots);
        all.add(root);
        return new Ring(ids, all, members);
    }

    /** Wipe it. */
    byte[] encode() {
        var out = new ByteWriter(BYTES_MAX).u8(VERSION);
        put(out, ids);
        out.u16(roots.size());
        roots.forEach(root -> put(out, root));
        out.u8(members.size());
        for (var member : members) {
            out.bytes(HexFormat.of().parseHex(member.id()))
                    .i64(member.created().getEpochSecond())
                    .u8(member.kind().code)
                    .bytes(HexFormat.of().parseHex(member.publicKey()))
                    .bytesWithLength(member.label().getBytes(StandardCharsets.UTF_8));
        }
        while (out.length() % PADDED_TO_BYTES != 0) {
            out.u8(0);
        }
        var bytes = out.toByteArray();
        Arrays.fill(out.array(), (byte) 0);
        return bytes;
    }

    static Ring decode(byte[] bytes, String what) {
        var in = new ByteReader(ByteBuffer.wrap(bytes), what);
        if (in.u8() != VERSION) {
            throw new StoreException.Incompatible(
                    "%s has a ring that this rok does not know: upgrade rok to use it".formatted(what));
        }
        var ids = Secret.take(in.bytes(Secret.BYTES));
        var count = in.u16();
        if (count < 1 || count > DataRoots.GENERATIONS_MAX) {
            throw in.corrupt("%d generations".formatted(count));
        }
        var roots = new ArrayList<Secret>(count);
        for (var i = 0; i < count; i++) {
            roots.add(Secret.take(in.bytes(Secret.BYTES)));
        }
        var members = new ArrayList<Member>();
        for (var left = in.u8(); left > 0; left--) {
            members.add(member(in));
        }
        return new Ring(ids, roots, members);
    }

    private static Member member(ByteReader in) {
        var id = HexFormat.of().formatHex(in.bytes(Slot.ID_BYTES));
        var created = created(in);
        var code = in.u8();
        var kind = Credential.Kind.of(code).orElseThrow(() -> in.corrupt("a slot of kind %d".formatted(code)));
        var publicKey = HexFormat.of().formatHex(in.bytes(Secret.BYTES));
        var label = new String(in.bytesWithLength(LABEL_BYTES_MAX), StandardCharsets.UTF_8);
        return new Member(id, created, kind, publicKey, label);
    }

    private static Instant created(ByteReader in) {
        try {
            return Instant.ofEpochSecond(in.i64());
        } catch (DateTimeException _) {
            throw in.corrupt("a time out of range");
        }
    }

    private static void put(ByteWriter out, Secret secret) {
        var bytes = secret.copy();
        out.bytes(bytes);
        Arrays.fill(bytes, (byte) 0);
    }

    @Override
    public String toString() {
        return "a ring of %d generations and %d slots".formatted(roots.size(), members.size());
    }
}
