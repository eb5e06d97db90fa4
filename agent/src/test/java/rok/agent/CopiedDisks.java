package rok.agent;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Disks that are caught by copying their images, and compared page by page: needs no root. */
final class CopiedDisks implements StillDisks.Freezer {
    static final int PAGE = 4096;

    private final Path folder;
    private final Map<String, String> notes = new HashMap<>();
    /** A page that is said not to have changed, whatever it holds; -1 for none. */
    long overlooked = -1;

    CopiedDisks(Path folder) {
        this.folder = folder;
    }

    Path image(String volume) {
        return folder.resolve(volume);
    }

    @Override
    public StillDisks freeze(List<String> volumes) {
        var disks = volumes.stream().<StillDisk>map(Still::new).toList();
        return new StillDisks() {
            @Override
            public List<StillDisk> disks() {
                return disks;
            }

            @Override
            public Duration pause() {
                return Duration.ofNanos(1_500_000);
            }

            @Override
            public void close() {}
        };
    }

    private final class Still implements StillDisk {
        private final String name;

        Still(String name) {
            this.name = name;
            try {
                Files.copy(CopiedDisks.this.image(name), image(), StandardCopyOption.REPLACE_EXISTING);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private Path basePath() {
            return folder.resolve(name + ".base");
        }

        @Override
        public Path image() {
            return folder.resolve(name + ".still");
        }

        @Override
        public Before base() {
            var note = notes.get(name);
            return note == null ? new Before.None("it has no base yet") : new Before.Kept(note);
        }

        @Override
        public List<DiskRange> changes() {
            try {
                return changes(Files.readAllBytes(basePath()), Files.readAllBytes(image()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private List<DiskRange> changes(byte[] before, byte[] after) {
            var changes = new ArrayList<DiskRange>();
            for (var at = 0; at < after.length; at += PAGE) {
                var end = Math.min(at + PAGE, after.length);
                var same = end <= before.length && Arrays.equals(before, at, end, after, at, end);
                if (!same && at / PAGE != overlooked) {
                    add(changes, new DiskRange(at, end - at, isZero(after, at, end)));
                }
            }
            return changes;
        }

        private static void add(List<DiskRange> changes, DiskRange next) {
            var last = changes.isEmpty() ? null : changes.getLast();
            if (last != null && last.end() == next.offset() && last.isHole() == next.isHole()) {
                changes.removeLast();
                changes.add(new DiskRange(last.offset(), last.length() + next.length(), last.isHole()));
            } else {
                changes.add(next);
            }
        }

        private static boolean isZero(byte[] bytes, int from, int to) {
            for (var at = from; at < to; at++) {
                if (bytes[at] != 0) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public void keepAsBase(String note) {
            try {
                Files.move(image(), basePath(), StandardCopyOption.REPLACE_EXISTING);
                notes.put(name, note);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
