package rok.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import rok.catalog.VersionRecord;
import rok.chunk.ChunkId;
import rok.format.StoreException;
import rok.names.RokUrl;
import rok.repository.ChunkReader;
import rok.snapshot.ByteString;
import rok.snapshot.Content;
import rok.snapshot.ContentParts;
import rok.snapshot.Entry;
import rok.snapshot.TreeReader;

/**
 * Goes through everything that a version reaches, and through nothing twice in which there was no hit. Memory is one open
 * tree for each folder on the way down, and a mebibyte of their subfolders' trees. For one thread.
 */
final class TreeWalk {
    /** Where the files that belong to a version and none of its volumes are told to be. */
    private static final String ATTACHMENTS = "(attachments)";

    /** What can't be read is read once more before it is damage: its chunks may have been moved in between. */
    private static final int READS_MAX = 2;

    private static final int GROUP_MAX = 256;
    private static final int GROUP_BYTES_MAX = 1 << 20;
    /** From here on subfolders are read one by one, so that a deep tree does not add up. */
    private static final int GROUP_DEPTH_MAX = 32;

    private final ChunkReader reader;
    private final Inventory inventory;
    private final Walked walked;
    private final Seeker seeker;
    private RokUrl url;
    private String member = "";

    TreeWalk(ChunkReader reader, Inventory inventory, Walked walked, Seeker seeker, RokUrl url) {
        this.reader = reader.structure();
        this.inventory = inventory;
        this.walked = walked;
        this.seeker = seeker;
        this.url = url;
    }

    void version(VersionRecord.Committed committed) {
        var version = committed.version();
        url = version.url();
        for (var volume : version.members()) {
            member = volume.name();
            tree(volume.root(), PathNode.TOP);
        }
        member = ATTACHMENTS;
        version.attachments().ifPresent(content -> tree(content, PathNode.TOP));
    }

    private Hurt hurt(PathNode folder) {
        return Hurt.in(url, member, folder.folder(), 0, 0);
    }

    /** Whether anything in the folder, or below it, is a hit. */
    private boolean tree(Content tree, PathNode path) {
        return tree(tree, path, reader);
    }

    private boolean tree(Content tree, PathNode path, ChunkReader chunks) {
        var number = inventory.number(tree.root());
        if (number >= 0 && walked.trees().get(number)) {
            return false;
        }
        var part = content(tree, hurt(path), 0, tree.length());
        if (part == Part.LOST) {
            return true;
        }
        var isHit = entries(tree, path, chunks, READS_MAX) || part == Part.HIT;
        if (!isHit && number >= 0) {
            walked.trees().set(number);
        }
        return isHit;
    }

    private boolean entries(Content tree, PathNode path, ChunkReader chunks, int reads) {
        var isHit = false;
        try {
            var entries = new TreeReader(chunks, tree);
            var group = new ArrayList<Entry.Folder>();
            var groupMax = path.depth() < GROUP_DEPTH_MAX ? GROUP_MAX : 1;
            while (entries.hasNext()) {
                switch (entries.next()) {
                    case Entry.File file -> isHit |= file(file, path);
                    case Entry.Folder folder -> {
                        group.add(folder);
                        if (group.size() >= groupMax) {
                            isHit |= folders(group, path);
                            group.clear();
                        }
                    }
                    default -> {}
                }
            }
            return folders(group, path) || isHit;
        } catch (StoreException.Corrupt | StoreException.Missing | StoreException.Incompatible e) {
            if (reads > 1) {
                return entries(tree, path, reader, reads - 1);
            }
            return seeker.unreadable(tree, e, hurt(path)) || isHit;
        }
    }

    /** Subfolders whose trees lie side by side, as those of one snapshot do, are read in few requests. */
    private boolean folders(List<Entry.Folder> folders, PathNode path) {
        var isHit = false;
        for (var from = 0; from < folders.size(); ) {
            var to = groupEnd(folders, from);
            var group = folders.subList(from, to);
            var trees = KnownChunks.read(
                    reader,
                    group.stream().flatMap(folder -> toRead(folder).stream()).toList());
            for (var folder : group) {
                isHit |= tree(folder.tree(), path.child(folder.name()), trees);
            }
            from = to;
        }
        return isHit;
    }

    private static int groupEnd(List<Entry.Folder> folders, int from) {
        var bytes = 0L;
        var to = from;
        do {
            bytes += folders.get(to).tree().length();
            to++;
        } while (to < folders.size() && bytes + folders.get(to).tree().length() <= GROUP_BYTES_MAX);
        return to;
    }

    private Optional<ChunkId> toRead(Entry.Folder folder) {
        var tree = folder.tree();
        var number = inventory.number(tree.root());
        return tree.depth() == 0
                        && number >= 0
                        && inventory.isGood(number)
                        && !walked.trees().get(number)
                ? Optional.of(tree.root())
                : Optional.empty();
    }

    private boolean file(Entry.File file, PathNode path) {
        var content = file.content();
        if (content.length() == 0 || content.isHole()) {
            return false;
        }
        var number = inventory.number(content.root());
        // The common case, for which no path is spelt out
        if (number >= 0 && !seeker.isHit(content.root())) {
            if (content.depth() > 0 && walked.lists().get(number)) {
                return false;
            }
            if (content.depth() == 0 && inventory.locate(content.root()).plainLength() == content.length()) {
                walked.needed().set(number);
                return false;
            }
        }
        return content(content, hurt(file.name(), path, content), 0, content.length()) != Part.FREE;
    }

    private Hurt hurt(ByteString name, PathNode path, Content content) {
        return Hurt.in(url, member, path.file(name), 0, content.length());
    }

    /** What became of a content, or a part of one. */
    private enum Part {
        FREE,
        /** Some of it is a hit, all of it can be read. */
        HIT,
        LOST;

        Part and(Part other) {
            return compareTo(other) >= 0 ? this : other;
        }
    }

    /**
     * @param whole where it is; of a file the hits say which range of it
     * @param length how much of the file it stands for: less than its own where a range of it does
     */
    private Part content(Content content, Hurt whole, long offset, long length) {
        if (content.length() == 0 || content.isHole()) {
            return Part.FREE;
        }
        var number = inventory.number(content.root());
        if (number >= 0) {
            walked.needed().set(number);
            if (content.depth() > 0 && walked.lists().get(number)) {
                return Part.FREE;
            }
        }
        var here = range(whole, offset, length);
        var part = chunk(content, here);
        if (content.depth() > 0 && part != Part.LOST) {
            part = part.and(list(content, whole, offset, here));
            if (part == Part.FREE && number >= 0) {
                walked.lists().set(number);
            }
        }
        return part;
    }

    private Part chunk(Content content, Hurt here) {
        var id = content.root();
        if (seeker.isHit(id)) {
            seeker.found(id, here);
            return seeker.isReadable(id) ? Part.HIT : Part.LOST;
        }
        if (content.depth() == 0) {
            var place = inventory.goodPlace(id);
            if (place.isEmpty()) {
                return Part.LOST;
            }
            var length = place.get().plainLength();
            if (length != content.length()) {
                var reason = new StoreException.Corrupt(
                        "Chunk %s has %d bytes where %d are expected".formatted(id, length, content.length()));
                return seeker.unreadable(content, reason, here) ? Part.LOST : Part.FREE;
            }
        }
        return Part.FREE;
    }

    private Part list(Content content, Hurt whole, long offset, Hurt here) {
        var parts = parts(content, here, READS_MAX);
        if (parts.isEmpty()) {
            return Part.LOST;
        }
        var result = Part.FREE;
        var at = offset;
        for (var part : parts.get()) {
            result = result.and(content(part.content(), whole, at, part.length()));
            at += part.length();
        }
        return result;
    }

    private Optional<List<ContentParts.Part>> parts(Content content, Hurt here, int reads) {
        try {
            return Optional.of(ContentParts.of(reader, content));
        } catch (StoreException.Corrupt | StoreException.Missing | StoreException.Incompatible e) {
            if (reads > 1) {
                return parts(content, here, reads - 1);
            }
            return seeker.unreadable(content, e, here) ? Optional.empty() : Optional.of(List.of());
        }
    }

    private static Hurt range(Hurt whole, long offset, long length) {
        return whole.path().endsWith("/")
                ? whole
                : new Hurt(
                        whole.account(),
                        whole.bucket(),
                        whole.file(),
                        whole.version(),
                        whole.member(),
                        whole.path(),
                        offset,
                        length);
    }
}
