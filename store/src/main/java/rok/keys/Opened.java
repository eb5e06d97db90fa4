package rok.keys;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import rok.cipher.Aead;
import rok.cipher.Secret;
import rok.format.StoreException;

/** A key document and what is in it, for as long as a look or a change takes. */
record Opened(KeyDocument document, Secret master, Ring ring) implements AutoCloseable {
    private static final byte[] RING = "rok ring".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

    /** Opens by a slot's key; nothing where the slot does not hold the master key for it. */
    static Optional<Opened> by(SlotKey key, Slot slot, KeyDocument document, KeyPlace place) {
        return key.open(slot, place.binding(), document.generation()).map(master -> {
            var ring = ring(document, master, place);
            var known = ring.members().stream()
                    .anyMatch(member ->
                            member.id().equals(slot.id()) && member.publicKey().equals(key.publicKey()));
            if (!known || ring.generation() != document.generation()) {
                throw new StoreException.Corrupt(
                        "%s is corrupt: its slots are not those of its ring".formatted(place.what()));
            }
            return new Opened(document, master, ring);
        });
    }

    private static Ring ring(KeyDocument document, Secret master, KeyPlace place) {
        var sealed = HexFormat.of().parseHex(document.ring());
        var salt = Arrays.copyOf(sealed, Secret.BYTES);
        var content = Arrays.copyOfRange(sealed, Secret.BYTES, sealed.length);
        try (var key = master.derive(info(salt))) {
            var plain = Aead.open(key, associated(place, document.generation()), content)
                    .orElseThrow(() -> new StoreException.Corrupt(
                            "%s is corrupt: its ring is not the one that was written".formatted(place.what())));
            try {
                return Ring.decode(plain, place.what());
            } finally {
                Arrays.fill(plain, (byte) 0);
            }
        }
    }

    /** The document of a ring, under a master key, with these slots. */
    static KeyDocument document(Ring ring, Secret master, List<Slot> slots, KeyPlace place, RandomGenerator random) {
        var salt = new byte[Secret.BYTES];
        random.nextBytes(salt);
        var plain = ring.encode();
        try (var key = master.derive(info(salt))) {
            var sealed = Aead.sealOnce(key, associated(place, ring.generation()), plain);
            var hex = HexFormat.of();
            return new KeyDocument(
                    ring.generation(), slots, Optional.empty(), hex.formatHex(salt) + hex.formatHex(sealed));
        } finally {
            Arrays.fill(plain, (byte) 0);
        }
    }

    private static byte[] info(byte[] salt) {
        return ByteBuffer.allocate(RING.length + 1 + salt.length)
                .put(RING)
                .put((byte) ' ')
                .put(salt)
                .array();
    }

    private static byte[] associated(KeyPlace place, int generation) {
        return ByteBuffer.allocate(Secret.BYTES + 2)
                .put(place.binding())
                .putShort((short) generation)
                .array();
    }

    /** Throws {@link StoreException.Corrupt} where somebody else added or took slots: nobody writes upon that. */
    void requireWhole(KeyPlace place) {
        document.strange().ifPresent(strange -> {
            throw strange;
        });
        var listed = document.slots().stream().map(Slot::id).sorted().toList();
        var known = ring.members().stream().map(Ring.Member::id).sorted().toList();
        if (!listed.equals(known)) {
            throw new StoreException.Corrupt(
                    "%s is corrupt: it has the slots %s, and %s were made".formatted(place.what(), listed, known));
        }
    }

    @Override
    public void close() {
        master.close();
    }

    @Override
    public String toString() {
        return "opened keys";
    }
}
