package rok.catalog;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import rok.names.NameException;
import rok.names.RokUrl;
import rok.names.VersionId;

/**
 * Notes of the versions that were begun from here and have not been committed, one file each, so that the next command
 * finds what a killed one left without reading the catalogue. A hint, never the truth: where it can't be written, or is
 * deleted, listings find the same.
 */
final class Journal {
    private static final int NOTE_BYTES_MAX = 16 << 10;
    private static final String ABORTED = ".aborted-";

    private final Optional<Path> folder;

    Journal(Optional<Path> folder) {
        this.folder = folder;
    }

    /** A version that has not ended, or was aborted at some time. */
    record Note(Path file, RokUrl url, Instant written, Optional<Instant> aborted) {}

    void note(RokUrl url) {
        folder.ifPresent(in -> quietly(() -> {
            Files.createDirectories(in);
            Files.writeString(in.resolve(url.version().value()), url.toString());
        }));
    }

    void forget(RokUrl url) {
        folder.ifPresent(in ->
                quietly(() -> Files.deleteIfExists(in.resolve(url.version().value()))));
    }

    /** The record stays for a while to be looked at, and so does the note. */
    void aborted(RokUrl url, Instant when) {
        folder.ifPresent(in -> quietly(() -> {
            var plain = in.resolve(url.version().value());
            if (Files.exists(plain)) {
                Files.move(plain, in.resolve(url.version().value() + ABORTED + when.getEpochSecond()));
            }
        }));
    }

    void remove(Note note) {
        quietly(() -> Files.deleteIfExists(note.file));
    }

    /** The notes of versions that may still be pending, and of those aborted longer ago than {@code keep}. */
    List<Note> due(Instant now, Duration keep) {
        if (folder.isEmpty() || !Files.isDirectory(folder.get())) {
            return List.of();
        }
        var notes = new ArrayList<Note>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder.get())) {
            for (var file : files) {
                var name = file.getFileName().toString();
                var aborted = abortedAt(name);
                if (aborted.isEmpty() || aborted.get().plus(keep).isBefore(now)) {
                    read(file, aborted).ifPresent(notes::add);
                }
            }
        } catch (IOException _) {
            return notes;
        }
        return notes;
    }

    private static Optional<Instant> abortedAt(String name) {
        var mark = name.indexOf(ABORTED);
        if (mark < 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(Instant.ofEpochSecond(Long.parseLong(name.substring(mark + ABORTED.length()))));
        } catch (NumberFormatException _) {
            return Optional.of(Instant.EPOCH);
        }
    }

    private static Optional<Note> read(Path file, Optional<Instant> aborted) {
        try {
            var name = file.getFileName().toString();
            if (Files.size(file) > NOTE_BYTES_MAX || name.length() < VersionId.LENGTH) {
                return Optional.empty();
            }
            var url = RokUrl.parse(Files.readString(file).strip());
            return Optional.of(
                    new Note(file, url, Files.getLastModifiedTime(file).toInstant(), aborted));
        } catch (IOException | NameException _) {
            return Optional.empty();
        }
    }

    private interface Attempt {
        void run() throws IOException;
    }

    private static void quietly(Attempt attempt) {
        try {
            attempt.run();
        } catch (IOException _) {
            // A cache folder that can't be written costs time later, and nothing else
        }
    }
}
