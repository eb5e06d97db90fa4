package rok.object;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import rok.object.ObjectStore.ObjectInfo;

/** Walks the objects below a folder in key order, holding one sorted folder per level. */
final class FolderListing implements Iterator<ObjectInfo> {
    private final Path root;
    private final Deque<Iterator<Entry>> levels = new ArrayDeque<>();
    private @Nullable ObjectInfo next;

    /**
     * Lists what starts with {@code prefix}.
     *
     * @param root of the store
     */
    FolderListing(Path root, ObjectKey prefix) {
        this.root = root;
        var folderEnd = prefix.value().lastIndexOf('/') + 1;
        var folder = prefix.value().substring(0, folderEnd);
        var rest = prefix.value().substring(folderEnd);
        levels.push(entries(root, folder).stream()
                .filter(entry -> entry.key.value().startsWith(rest, folderEnd))
                .iterator());
    }

    @Override
    public boolean hasNext() {
        while (next == null && !levels.isEmpty()) {
            var level = levels.getFirst();
            if (!level.hasNext()) {
                levels.pop();
                continue;
            }
            var entry = level.next();
            if (entry.isFolder()) {
                levels.push(entries(root, entry.key.value()).iterator());
            } else {
                next = new ObjectInfo(entry.key, entry.size);
            }
        }
        return next != null;
    }

    @Override
    public ObjectInfo next() {
        if (!hasNext() || next == null) {
            throw new NoSuchElementException();
        }
        var result = next;
        next = null;
        return result;
    }

    /** What lies in one folder, in key order; what can't be a key, or vanishes meanwhile, is left out. */
    static List<Entry> entries(Path root, String folder) {
        var entries = new ArrayList<Entry>();
        try (var paths = Files.newDirectoryStream(root.resolve(folder))) {
            for (var path : paths) {
                var entry = entry(folder, path);
                if (entry != null) {
                    entries.add(entry);
                }
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of();
        } catch (DirectoryIteratorException e) {
            throw FileFailure.of(Objects.requireNonNull(e.getCause()), "Listing " + folder, root);
        } catch (IOException e) {
            throw FileFailure.of(e, "Listing " + folder, root);
        }
        entries.sort(Comparator.comparing(Entry::key));
        return entries;
    }

    /** The names in one folder that can be keys, in key order, whatever they name; none where there is no folder. */
    static List<ObjectKey> names(Path root, String folder) {
        var names = root.resolve(folder).toFile().list();
        if (names == null) {
            // The long way says why it can't be read
            return entries(root, folder).stream().map(Entry::key).toList();
        }
        // Plain loops: a list of ten thousand is read by a command that has just started
        Arrays.sort(names);
        var keys = new ArrayList<ObjectKey>(names.length);
        for (var name : names) {
            try {
                keys.add(new ObjectKey(folder + name));
            } catch (IllegalArgumentException _) {
                // Nobody's
            }
        }
        return keys;
    }

    /** Any object lies below the folder. */
    static boolean hasObject(Path root, String folder) {
        try (var paths = Files.newDirectoryStream(root.resolve(folder))) {
            for (var path : paths) {
                var entry = entry(folder, path);
                if (entry != null && (!entry.isFolder() || hasObject(root, entry.key.value()))) {
                    return true;
                }
            }
            return false;
        } catch (NoSuchFileException | NotDirectoryException e) {
            return false;
        } catch (DirectoryIteratorException e) {
            throw FileFailure.of(Objects.requireNonNull(e.getCause()), "Listing " + folder, root);
        } catch (IOException e) {
            throw FileFailure.of(e, "Listing " + folder, root);
        }
    }

    private static @Nullable Entry entry(String folder, Path path) throws IOException {
        var name = path.getFileName().toString();
        if (folder.isEmpty() && name.equals(FolderClaim.RESERVED)) {
            return null;
        }
        try {
            var attributes = Files.readAttributes(path, BasicFileAttributes.class);
            var key = folder + name + (attributes.isDirectory() ? "/" : "");
            if (!attributes.isDirectory() && !attributes.isRegularFile()) {
                return null;
            }
            return new Entry(new ObjectKey(key), attributes.size());
        } catch (NoSuchFileException | IllegalArgumentException e) {
            return null;
        }
    }

    /** One name: a key, which ends in a slash for a folder, and the size of a file. */
    record Entry(ObjectKey key, long size) {
        boolean isFolder() {
            return key.value().endsWith("/");
        }
    }
}
