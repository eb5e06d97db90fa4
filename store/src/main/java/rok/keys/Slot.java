package rok.keys;

/**
 * A way in: the master key, for whoever has the credential.
 *
 * @param id 16 hex digits
 * @param encapsulated 64 hex digits, {@code master} 96: docs/format/encryption.md
 */
record Slot(String id, Kdf kdf, String encapsulated, String master) {
    static final int ID_BYTES = 8;
    static final int ENCAPSULATED_BYTES = 32;
    static final int MASTER_BYTES = 48;
}
