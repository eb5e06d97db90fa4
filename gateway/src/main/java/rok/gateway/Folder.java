package rok.gateway;

import io.javalin.http.Context;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.StreamSupport;
import rok.agent.VersionFiles;
import rok.agent.VersionFiles.Place;
import rok.api.FolderEntry;
import rok.api.Page;
import rok.snapshot.ByteString;
import rok.snapshot.Entry;

/** The files below one top folder: of a member of a version, or of its attachments. */
record Folder(VersionFiles files, String name) {

    /** Entries in the order of their names' bytes. */
    Page<FolderEntry> list(ByteString path, Optional<String> cursor, int limit) {
        var place = find(path);
        if (!(place.entry() instanceof Entry.Folder)) {
            throw Problem.usage("%s is no folder".formatted(shown(path)));
        }
        var after = cursor.map(text -> ByteString.of(Cursor.bytes(text)));
        Iterator<? extends Entry> all = files.list(place);
        var entries = StreamSupport.stream(Spliterators.spliteratorUnknownSize(all, Spliterator.ORDERED), false)
                .dropWhile(entry -> after.isPresent() && entry.name().compareTo(after.get()) <= 0)
                .limit(limit + 1L)
                .toList();
        var shown = entries.subList(0, Math.min(limit, entries.size()));
        var next = entries.size() > limit ? Cursor.of(shown.getLast().name().toArray()) : null;
        return new Page<>(shown.stream().map(entry -> row(place.path(), entry)).toList(), List.of(), next);
    }

    void send(Context context, ByteString path) throws IOException {
        var place = find(path);
        if (!(place.entry() instanceof Entry.File file)) {
            throw Problem.usage("%s is no file with bytes of its own".formatted(shown(path)));
        }
        StoredBytes.send(context, text(file.name()), file.content(), files.open(file));
    }

    private Place.Found find(ByteString path) {
        if (files.find(path).orElse(null) instanceof Place.Found found) {
            return found;
        }
        throw Problem.missing(
                "There is no %s in %s".formatted(shown(path), name), "Go up, and look at what the folder holds.");
    }

    private static FolderEntry row(ByteString folder, Entry entry) {
        var path = folder.child(entry.name());
        var type = switch (entry) {
            case Entry.Folder _ -> "directory";
            case Entry.File _ -> "file";
            case Entry.Symlink _ -> "link";
            case Entry.Fifo _ -> "fifo";
        };
        return new FolderEntry(
                text(entry.name()),
                text(path),
                RawQuery.encode(path),
                type,
                entry instanceof Entry.File file ? file.content().length() : 0,
                "%o".formatted(entry.attributes().mode()),
                entry.attributes().modified(),
                entry instanceof Entry.Symlink link ? text(link.target()) : null);
    }

    /** For people: the page shows what can't be shown as such. */
    private static String text(ByteString bytes) {
        return new String(bytes.toArray(), StandardCharsets.UTF_8);
    }

    private static String shown(ByteString path) {
        return path.isEmpty() ? "the top folder" : path.toString();
    }
}
