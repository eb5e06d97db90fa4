package rok.agent;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import rok.catalog.Version;
import rok.repository.ChunkReader;
import rok.snapshot.Attributes;
import rok.snapshot.ByteString;
import rok.snapshot.Content;
import rok.snapshot.ContentInput;
import rok.snapshot.Entry;
import rok.snapshot.TreeReader;

/**
 * Looks inside a version without restoring it. Paths are names joined by {@code /}; in a group the first name is the
 * member's, in a version of one volume paths begin in that volume. An empty path is the top. Safe for use by several
 * threads.
 */
public final class VersionFiles {
    static final ByteString DISK = ByteString.utf8(Version.Member.DISK);

    private final ChunkReader chunks;
    private final List<Version.Member> members;

    public VersionFiles(ChunkReader chunks, List<Version.Member> members) {
        this.chunks = chunks;
        this.members = List.copyOf(members);
    }

    /** What a path leads to. */
    public sealed interface Place {
        /** The top of a group: its members as folders, in the version's order. */
        record Group(List<Entry.Folder> members) implements Place {}

        /** An entry; a volume's top folder is one that is named as the member. */
        record Found(Version.Member member, ByteString path, Entry entry) implements Place {}
    }

    /** Whether several volumes stand side by side at the top. */
    public boolean isGroup() {
        return members.size() != 1;
    }

    public Optional<Place> find(ByteString path) {
        var names = split(path);
        if (isGroup() && names.isEmpty()) {
            return Optional.of(new Place.Group(members.stream().map(this::top).toList()));
        }
        var member = isGroup() ? member(names.removeFirst()) : Optional.of(members.getFirst());
        return member.flatMap(m -> descend(m, names));
    }

    /** The disk of a block volume; empty where its tree holds none. */
    static Optional<Entry.File> disk(ChunkReader chunks, Version.Member member) {
        return new VersionFiles(chunks, List.of(member)).find(DISK).orElse(null)
                        instanceof Place.Found(var _, var _, Entry.File disk)
                ? Optional.of(disk)
                : Optional.empty();
    }

    /** The entries of a folder as a stream of {@link Entry}; empty for anything but a folder. */
    public Iterator<? extends Entry> list(Place place) {
        return switch (place) {
            case Place.Group(var folders) -> folders.iterator();
            case Place.Found found ->
                found.entry() instanceof Entry.Folder folder
                        ? entries(folder.tree())
                        : List.<Entry>of().iterator();
        };
    }

    public TreeReader entries(Content tree) {
        return new TreeReader(chunks, tree);
    }

    public ContentInput open(Entry.File file) {
        return new ContentInput(chunks, file.content());
    }

    /** A member's top folder as an entry. */
    public Entry.Folder top(Version.Member member) {
        var attributes = new TreeReader(chunks, member.root()).self().orElseGet(() -> Attributes.UNKNOWN_FOLDER);
        return new Entry.Folder(
                ByteString.utf8(member.name()), attributes, member.root(), member.files(), member.bytes());
    }

    private Optional<Version.Member> member(ByteString name) {
        return members.stream()
                .filter(m -> ByteString.utf8(m.name()).equals(name))
                .findFirst();
    }

    private Optional<Place> descend(Version.Member member, List<ByteString> names) {
        Entry entry = top(member);
        for (var name : names) {
            if (!(entry instanceof Entry.Folder folder)) {
                return Optional.empty();
            }
            var child = child(folder, name);
            if (child.isEmpty()) {
                return Optional.empty();
            }
            entry = child.get();
        }
        return Optional.of(new Place.Found(member, join(names), entry));
    }

    private Optional<Entry> child(Entry.Folder folder, ByteString name) {
        var entries = entries(folder.tree());
        while (entries.hasNext()) {
            var entry = entries.next();
            var order = entry.name().compareTo(name);
            if (order >= 0) {
                return order == 0 ? Optional.of(entry) : Optional.empty();
            }
        }
        return Optional.empty();
    }

    /** The names of a path; leading, trailing and double slashes and single dots do not count. */
    static List<ByteString> split(ByteString path) {
        var names = new ArrayList<ByteString>();
        var bytes = path.toArray();
        var start = 0;
        for (var i = 0; i <= bytes.length; i++) {
            if (i == bytes.length || bytes[i] == '/') {
                if (i > start && !(i == start + 1 && bytes[start] == '.')) {
                    names.add(ByteString.of(bytes, start, i - start));
                }
                start = i + 1;
            }
        }
        return names;
    }

    static ByteString join(List<ByteString> names) {
        var path = ByteString.EMPTY;
        for (var name : names) {
            path = path.child(name);
        }
        return path;
    }
}
