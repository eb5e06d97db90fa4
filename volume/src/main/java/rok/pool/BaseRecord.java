package rok.pool;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.regex.Pattern;

/** What is written down of a base: the name of its folder among the frozen copies, and a note. */
record BaseRecord(String folder, long size, String note) {
    static final int NOTE_BYTES_MAX = 64 << 10;

    private static final String KIND = "rok-base";
    private static final Pattern FOLDER = Pattern.compile("[0-9a-f]{32}\\.[0-9a-f]{32}\\.[0-9a-f]{32}");

    /** Empty where there is none; throws {@link PoolException} where it can't be read. */
    static Optional<BaseRecord> read(PoolFiles files, PoolLayout layout, String volume) {
        var file = layout.base(volume);
        if (!files.exists(file)) {
            return Optional.empty();
        }
        var document = Document.read(files, file, KIND);
        var folder = document.text("frozen");
        if (!FOLDER.matcher(folder).matches()) {
            throw new PoolException.Damaged("%s is damaged: it names no frozen copy".formatted(file));
        }
        try {
            var note = new String(Base64.getDecoder().decode(document.text("note")), StandardCharsets.UTF_8);
            return Optional.of(new BaseRecord(folder, document.number("size"), note));
        } catch (IllegalArgumentException e) {
            throw new PoolException.Damaged("%s is damaged: its note can't be read".formatted(file));
        }
    }

    static void checkNote(String note) {
        var bytes = note.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > NOTE_BYTES_MAX) {
            throw new PoolException(
                    "A base's note of %d bytes is too long: at most %d".formatted(bytes, NOTE_BYTES_MAX));
        }
    }

    void write(PoolFiles files, PoolLayout layout, String volume) {
        var values = new LinkedHashMap<String, String>();
        values.put("frozen", folder);
        values.put("size", Long.toString(size));
        values.put("note", Base64.getEncoder().encodeToString(note.getBytes(StandardCharsets.UTF_8)));
        Document.write(files, layout.base(volume), KIND, values);
    }

    Path path(PoolLayout layout) {
        return layout.frozen().resolve(folder);
    }
}
