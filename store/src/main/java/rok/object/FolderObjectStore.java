package rok.object;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Objects as files of a folder, each at the path that its key spells. Any number of processes may use one folder. A put
 * writes and syncs a temporary file, then links (if absent) or renames it into place, then syncs the folder: after a
 * crash the object is there whole or not at all. The folder {@code .store} holds temporary files and locks, no objects.
 */
public final class FolderObjectStore implements ObjectStore, LocalObjects {
    private static final int CHANNELS_MAX = 64;
    /** A heap buffer is copied to native memory on its way to a file: in pieces of this size. */
    private static final int WRITE_BYTES = 256 << 10;
    /** How often a put makes the folder again that a concurrent delete of its last object removes. */
    private static final int FOLDER_TRIES_MAX = 100;

    private static final int DURABLE_FOLDERS_MAX = 10_000;
    /** Systems write a change of a folder back by themselves within a minute or so: far older ones are not synced again. */
    private static final Duration WRITTEN_BACK = Duration.ofHours(1);

    private final Path root;
    private final Set<Path> durableFolders = ConcurrentHashMap.newKeySet();
    private final OpenChannels channels = new OpenChannels(CHANNELS_MAX);
    private @Nullable FolderClaim claim;

    /** A store on this folder, which the first put makes if it is not there. Close it. */
    public FolderObjectStore(Path root) {
        this.root = root.toAbsolutePath().normalize();
    }

    /** What is made in a store's folder besides its objects, innermost first; the first one is empty where nobody writes. */
    public static List<Path> scaffold(Path root) {
        return FolderClaim.scaffold(root);
    }

    @Override
    public PutResult put(ObjectKey key, ByteBuffer content, Condition condition) {
        var path = path(key);
        if (content.remaining() > OBJECT_BYTES_MAX) {
            throw KeyShape.tooLarge(key, content.remaining());
        }
        try {
            var ours = claim();
            if (!mayHold(path, condition)) {
                return new PutResult.ConditionFailed();
            }
            var temporary = ours.temporaryFile();
            try {
                write(temporary, content);
                return place(ours, key, path, temporary, condition)
                        ? new PutResult.Done(ContentTag.of(content))
                        : new PutResult.ConditionFailed();
            } finally {
                Files.deleteIfExists(temporary);
            }
        } catch (IOException e) {
            throw FileFailure.of(e, "Writing " + key, root);
        }
    }

    @Override
    public void get(ObjectKey key, long offset, ByteBuffer into) {
        var path = path(key);
        var wanted = into.remaining();
        try {
            if (offset < 0 || channels.read(path, offset, into) < wanted) {
                throw KeyShape.tooShort(key, Files.size(path), offset, wanted);
            }
        } catch (IOException e) {
            if (isAbsent(path)) {
                throw KeyShape.missing(key);
            }
            throw FileFailure.of(e, "Reading " + key, root);
        }
    }

    @Override
    public Optional<Stored> read(ObjectKey key) {
        try {
            return readFile(path(key)).map(content -> new Stored(content.asReadOnlyBuffer(), ContentTag.of(content)));
        } catch (IOException e) {
            throw FileFailure.of(e, "Reading " + key, root);
        }
    }

    @Override
    public Optional<ObjectInfo> stat(ObjectKey key) {
        try {
            var attributes = Files.readAttributes(path(key), BasicFileAttributes.class);
            return attributes.isRegularFile() ? Optional.of(new ObjectInfo(key, attributes.size())) : Optional.empty();
        } catch (IOException e) {
            if (isAbsent(path(key))) {
                return Optional.empty();
            }
            throw FileFailure.of(e, "Looking at " + key, root);
        }
    }

    @Override
    public ByteBuffer map(ObjectKey key) {
        var path = path(key);
        try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, Math.min(channel.size(), Integer.MAX_VALUE));
        } catch (IOException e) {
            if (isAbsent(path)) {
                throw KeyShape.missing(key);
            }
            throw FileFailure.of(e, "Mapping " + key, root);
        }
    }

    @Override
    public void settle(ObjectKey folder) {
        KeyShape.requireFolder(folder);
        for (var tries = 1; !settleUnlessChanged(folder, tries == FOLDER_TRIES_MAX); ) {
            tries++;
        }
    }

    /** Answers false where a folder was removed meanwhile; as an error, if it is the last try. */
    private boolean settleUnlessChanged(ObjectKey folder, boolean last) {
        try (var paths = Files.find(
                root.resolve(folder.value()),
                Integer.MAX_VALUE,
                (_, attributes) -> attributes.isDirectory() && isYoung(attributes.lastModifiedTime()))) {
            for (var path : (Iterable<Path>) paths::iterator) {
                sync(path);
            }
            return true;
        } catch (NoSuchFileException e) {
            return true; // there never was one
        } catch (UncheckedIOException e) {
            var cause = Objects.requireNonNull(e.getCause());
            if (last || !(cause instanceof NoSuchFileException)) {
                throw FileFailure.of(cause, "Syncing " + folder, root);
            }
            return false;
        } catch (IOException e) {
            throw FileFailure.of(e, "Syncing " + folder, root);
        }
    }

    private static boolean isYoung(FileTime changed) {
        return changed.toInstant().plus(WRITTEN_BACK).isAfter(Instant.now());
    }

    @Override
    public Stream<ObjectInfo> list(ObjectKey prefix) {
        var order = Spliterator.ORDERED | Spliterator.DISTINCT | Spliterator.NONNULL;
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(new FolderListing(root, prefix), order), false);
    }

    @Override
    public Stream<ObjectKey> children(ObjectKey prefix) {
        KeyShape.requireFolder(prefix);
        return FolderListing.entries(root, prefix.value()).stream()
                .filter(entry -> !entry.isFolder()
                        || FolderListing.hasObject(root, entry.key().value()))
                .map(FolderListing.Entry::key);
    }

    @Override
    public Stream<ObjectKey> grandchildren(ObjectKey prefix) {
        KeyShape.requireFolder(prefix);
        return FolderListing.entries(root, prefix.value()).stream()
                .filter(FolderListing.Entry::isFolder)
                .flatMap(folder -> FolderListing.names(root, folder.key().value()).stream());
    }

    @Override
    public boolean isEmpty() {
        try (var names = Files.newDirectoryStream(root, FolderObjectStore::isSomething)) {
            return !names.iterator().hasNext();
        } catch (NoSuchFileException e) {
            return true;
        } catch (IOException e) {
            throw FileFailure.of(e, "Listing the folder", root);
        }
    }

    @Override
    public void delete(ObjectKey key) {
        var path = path(key);
        if (isAbsent(path)) {
            return;
        }
        // Opened before: who deletes another object may remove the folder, and its name alone may outlast a power loss
        try (var _ = claim().hold(key);
                var folder = FileChannel.open(parent(path), StandardOpenOption.READ)) {
            channels.forget(path);
            if (Files.deleteIfExists(path)) {
                folder.force(true);
                removeEmptyFolders(parent(path));
            }
        } catch (NoSuchFileException e) {
            return;
        } catch (IOException e) {
            throw FileFailure.of(e, "Deleting " + key, root);
        }
    }

    @Override
    public synchronized void close() {
        channels.close();
        if (claim != null) {
            try {
                claim.release();
            } catch (IOException e) {
                throw FileFailure.of(e, "Closing", root);
            } finally {
                claim = null;
            }
        }
    }

    /** The folder. */
    @Override
    public String toString() {
        return "folder " + root;
    }

    private synchronized FolderClaim claim() throws IOException {
        if (claim == null) {
            claim = FolderClaim.of(root);
        }
        return claim;
    }

    private Path path(ObjectKey key) {
        KeyShape.requireObject(key);
        if (key.value().startsWith(FolderClaim.RESERVED + "/") || key.value().equals(FolderClaim.RESERVED)) {
            throw new IllegalArgumentException("Key %s is reserved".formatted(key));
        }
        return root.resolve(key.value());
    }

    private static boolean isSomething(Path path) {
        var name = path.getFileName().toString();
        return !name.equals(FolderClaim.RESERVED) && !name.equals("lost+found");
    }

    private static boolean isAbsent(Path path) {
        return !Files.isRegularFile(path);
    }

    /** A look before the work; the condition is decided in {@link #place}. */
    private static boolean mayHold(Path path, Condition condition) {
        return switch (condition) {
            case Condition.Always _ -> true;
            case Condition.IfAbsent _ -> !Files.exists(path);
            case Condition.IfMatches _ -> Files.exists(path);
        };
    }

    private static void write(Path file, ByteBuffer content) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            var bytes = content.duplicate();
            var end = bytes.limit();
            while (bytes.position() < end) {
                bytes.limit(Math.min(end, bytes.position() + WRITE_BYTES));
                channel.write(bytes);
            }
            channel.force(false);
        }
    }

    private boolean place(FolderClaim ours, ObjectKey key, Path path, Path temporary, Condition condition)
            throws IOException {
        for (var tries = 1; ; tries++) {
            makeFolders(parent(path));
            try {
                var placed = switch (condition) {
                    case Condition.IfAbsent _ -> link(ours, key, path, temporary);
                    case Condition.Always _ -> replace(ours, key, path, temporary, Optional.empty());
                    case Condition.IfMatches matches -> replace(ours, key, path, temporary, Optional.of(matches.tag()));
                };
                if (placed) {
                    sync(parent(path));
                }
                return placed;
            } catch (NoSuchFileException e) {
                if (tries == FOLDER_TRIES_MAX || !Files.exists(temporary)) {
                    throw e;
                }
            }
        }
    }

    private static boolean link(FolderClaim ours, ObjectKey key, Path path, Path temporary) throws IOException {
        try {
            Files.createLink(path, temporary);
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        } catch (NoSuchFileException e) {
            throw e;
        } catch (UnsupportedOperationException | FileSystemException e) {
            return renameIfAbsent(ours, key, path, temporary);
        }
    }

    /** For file systems without hard links: as good as a link among processes that all take the lock. */
    private static boolean renameIfAbsent(FolderClaim ours, ObjectKey key, Path path, Path temporary)
            throws IOException {
        try (var _ = ours.hold(key)) {
            if (Files.exists(path)) {
                return false;
            }
            Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE);
            return true;
        }
    }

    private static boolean replace(FolderClaim ours, ObjectKey key, Path path, Path temporary, Optional<ETag> expected)
            throws IOException {
        try (var _ = ours.hold(key)) {
            if (expected.isPresent() && !readFile(path).map(ContentTag::of).equals(expected)) {
                return false;
            }
            Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return true;
        }
    }

    private static Optional<ByteBuffer> readFile(Path path) throws IOException {
        try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
            var content = ByteBuffer.allocate((int) Math.min(channel.size(), OBJECT_BYTES_MAX));
            while (content.hasRemaining() && channel.read(content) >= 0) {
                // A read may give less than it was asked for.
            }
            return Optional.of(content.flip());
        } catch (IOException e) {
            if (isAbsent(path)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /**
     * Makes the missing folders and sees each durable in its parent before something lies in it: also one that is there
     * already, since the process that is making it may not have come to its sync yet.
     */
    private void makeFolders(Path folder) throws IOException {
        if (folder.equals(root) || (durableFolders.contains(folder) && Files.isDirectory(folder))) {
            return;
        }
        makeFolders(parent(folder));
        try {
            Files.createDirectory(folder);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(folder) && Files.exists(folder)) {
                throw e;
            }
        } catch (NoSuchFileException e) {
            // A delete removed its parent again: linking finds out, and tries once more.
            return;
        }
        sync(parent(folder));
        if (durableFolders.size() < DURABLE_FOLDERS_MAX) {
            durableFolders.add(folder);
        }
    }

    private void removeEmptyFolders(Path folder) {
        try {
            for (var at = folder; !at.equals(root); at = parent(at)) {
                durableFolders.remove(at);
                Files.delete(at);
            }
        } catch (IOException e) {
            // Not empty, or gone: either way nothing is left to do.
            return;
        }
    }

    private static Path parent(Path path) {
        return Objects.requireNonNull(path.getParent());
    }

    private static void sync(Path folder) throws IOException {
        try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (NoSuchFileException e) {
            // A delete just removed the folder with its last object.
            return;
        }
    }
}
