package rok.agent;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import rok.catalog.Version;
import rok.linux.Bytes;
import rok.linux.Stat;
import rok.repository.ChunkReader;
import rok.snapshot.ByteString;
import rok.snapshot.Entry;
import rok.snapshot.EntryCodec;
import rok.snapshot.TreeReader;
import rok.snapshot.TreesAhead;
import rok.volume.Walk;
import rok.volume.WalkEvent;

/**
 * Tells a stat cache of a folder that was just written from a version: walks it beside the version's trees, and what looks
 * as it should is known next time. What does not is simply read then.
 */
final class StatCacheSeed {
    private final ChunkReader chunks;
    private final VolumeSnapshot.Known known;
    private final Deque<Level> levels = new ArrayDeque<>();

    StatCacheSeed(ChunkReader chunks, VolumeSnapshot.Known known) {
        this.chunks = chunks;
        this.known = known;
    }

    /** Walks a folder that was written from {@code member}. */
    void run(Walk walk, Version.Member member) {
        try (var trees = new TreesAhead(chunks, member.root(), true)) {
            walk.forEachRemaining(event -> take(event, trees, member));
        }
    }

    private void take(WalkEvent event, TreesAhead trees, Version.Member member) {
        switch (event) {
            case WalkEvent.Enter(var folder) -> {
                var entry = levels.isEmpty() ? null : levels.element().find(Names.stored(folder.name()));
                var tree = levels.isEmpty() ? member.root() : entry instanceof Entry.Folder f ? f.tree() : null;
                levels.push(new Level(entry, tree == null ? null : trees.open(tree)));
                known.enter(folder);
            }
            case WalkEvent.Found(var entry) -> found(entry);
            case WalkEvent.Leave leave -> {
                var level = levels.pop();
                var made = level.value(member, levels.isEmpty());
                known.folder(leave.folder(), made);
            }
        }
    }

    private void found(rok.volume.Entry entry) {
        var level = levels.element();
        var made = level.find(Names.stored(entry.name()));
        if (made != null && matches(entry.stat(), made)) {
            known.file(entry, entry.stat(), false, Bytes.of(EntryCodec.encode(made)));
        }
    }

    private static boolean matches(Stat stat, Entry made) {
        var attributes = Names.attributes(stat, List.of());
        var then = made.attributes();
        var same = attributes.mode() == then.mode()
                && attributes.uid() == then.uid()
                && attributes.gid() == then.gid()
                && attributes.modified().equals(then.modified());
        return switch (made) {
            case Entry.File file ->
                same && stat.isRegular() && stat.size() == file.content().length();
            case Entry.Symlink link ->
                stat.isSymlink()
                        && stat.size() == link.target().length()
                        && attributes.modified().equals(then.modified())
                        && attributes.uid() == then.uid()
                        && attributes.gid() == then.gid();
            case Entry.Fifo _ -> same && stat.type() == Stat.FIFO;
            case Entry.Folder _ -> false;
        };
    }

    /** A folder on the disk, and the same one in the version, if it is there. */
    private static final class Level {
        private final @Nullable Entry entry;
        private final @Nullable TreeReader entries;
        private @Nullable Entry next;
        private boolean differs;

        Level(@Nullable Entry entry, @Nullable TreeReader entries) {
            this.entry = entry;
            this.entries = entries;
            this.next = advance();
        }

        private @Nullable Entry advance() {
            return entries != null && entries.hasNext() ? entries.next() : null;
        }

        /** The version's entry of that name. Names come in ascending order. */
        @Nullable
        Entry find(ByteString name) {
            while (next != null && next.name().compareTo(name) < 0) {
                differs = true;
                next = advance();
            }
            if (next == null || !next.name().equals(name)) {
                return null;
            }
            var found = next;
            next = advance();
            return found;
        }

        /** The folder as an entry; empty where the version holds something that is not here. */
        Optional<Bytes> value(Version.Member member, boolean top) {
            if (differs || next != null || entries == null) {
                return Optional.empty();
            }
            if (top) {
                return entries.self()
                        .map(self -> Bytes.of(EntryCodec.encode(new Entry.Folder(
                                VolumeSnapshot.TOP, self, member.root(), member.files(), member.bytes()))));
            }
            return entry == null ? Optional.empty() : Optional.of(Bytes.of(EntryCodec.encode(entry)));
        }
    }
}
