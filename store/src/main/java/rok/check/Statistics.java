package rok.check;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import rok.catalog.Records;
import rok.catalog.Records.Item;
import rok.catalog.VersionRecord;
import rok.format.StoreException;
import rok.index.IndexSegment;
import rok.object.ObjectStore.ObjectInfo;
import rok.repository.Anatomy;
import rok.repository.Repository;

/**
 * What a repository holds, from its index and its records: no data is read. Memory is some bytes for each bucket and pack.
 *
 * @param logicalBytes of all versions, as a user counts them
 * @param chunks that are different; {@code doubleEntries} is how often the index lists one again
 * @param uniqueBytes of these, plain; {@code recordBytes} as they are stored
 * @param largestFiles by what they added to the store when they were written
 * @param damaged what could not be counted, in users' words
 */
public record Statistics(
        long buckets,
        long files,
        long versions,
        long unfinished,
        long logicalBytes,
        long chunks,
        long doubleEntries,
        long uniqueBytes,
        long recordBytes,
        long packs,
        long packBytes,
        long segments,
        long indexBytes,
        List<Bar> chunkSizes,
        List<Share> largestBuckets,
        List<Share> largestFiles,
        List<String> damaged) {
    private static final int LARGEST = 10;
    private static final int DAMAGED_MAX = 100;

    public Statistics {
        chunkSizes = List.copyOf(chunkSizes);
        largestBuckets = List.copyOf(largestBuckets);
        largestFiles = List.copyOf(largestFiles);
        damaged = List.copyOf(damaged);
    }

    /** Chunks of at most so many plain bytes, and more than the bar before. */
    public record Bar(long upTo, long chunks, long bytes) {}

    /** A bucket's, or a file's ({@code bucket/file}), part: {@code newBytes} is what its versions added, stored. */
    public record Share(String name, long versions, long logicalBytes, long newBytes) {}

    /** How often a byte of a version is there already: logical by unique bytes; 0 where nothing is stored. */
    public double deduplication() {
        return uniqueBytes == 0 ? 0 : (double) logicalBytes / uniqueBytes;
    }

    /** Unique by stored bytes; 0 where nothing is stored. */
    public double compression() {
        return recordBytes == 0 ? 0 : (double) uniqueBytes / recordBytes;
    }

    /** Counts. */
    public static Statistics of(Repository repository) {
        return new Counting(repository.anatomy()).run();
    }

    private static final class Counting {
        private static final Comparator<Share> BY_SIZE =
                Comparator.comparingLong(Share::newBytes).thenComparing(Share::name);

        private final Anatomy anatomy;
        private final Records records;
        private final List<String> damaged = new ArrayList<>();
        private final Map<String, Share> buckets = new HashMap<>();
        private final PriorityQueue<Share> largestFiles = new PriorityQueue<>(BY_SIZE);
        private final HashSet<String> bucketNames = new HashSet<>();
        private Share file = new Share("", 0, 0, 0);
        private long files;
        private long versions;
        private long unfinished;
        private long logical;

        Counting(Anatomy anatomy) {
            this.anatomy = anatomy;
            this.records = new Records(anatomy.store(), anatomy.storeKeys());
        }

        Statistics run() {
            records();
            var tally = new Tally();
            var damage = new Damage();
            var inventory = Inventory.load(anatomy, damage, true);
            damage.findings(inventory).forEach(finding -> tell(finding.problem()));
            DistinctChunks.forEach(whole(inventory.segments()), tally);
            return new Statistics(
                    bucketNames.size(),
                    files,
                    versions,
                    unfinished,
                    logical,
                    tally.chunks,
                    tally.again,
                    tally.plain,
                    tally.stored,
                    inventory.packs().count(),
                    inventory.packs().totalBytes(),
                    inventory.segments().size(),
                    indexBytes(),
                    tally.bars(),
                    buckets.values().stream()
                            .sorted(BY_SIZE.reversed())
                            .limit(LARGEST)
                            .toList(),
                    largestFiles.stream().sorted(BY_SIZE.reversed()).toList(),
                    damaged);
        }

        private void tell(String problem) {
            if (damaged.size() < DAMAGED_MAX) {
                damaged.add(problem);
            }
        }

        private List<IndexSegment> whole(List<IndexSegment> segments) {
            return segments.stream()
                    .filter(segment -> {
                        var problems = segment.problems(1);
                        problems.forEach(this::tell);
                        return problems.isEmpty();
                    })
                    .toList();
        }

        private long indexBytes() {
            try (var segments = anatomy.segments()) {
                return segments.mapToLong(ObjectInfo::size).sum();
            }
        }

        private void records() {
            try (var items = records.all()) {
                for (var item : (Iterable<Item>) items::iterator) {
                    switch (item) {
                        case Item.OfBucket bucket -> bucketNames.add(bucket.account() + "/" + bucket.bucket());
                        case Item.OfVersion version -> version(version);
                        case Item.Foreign foreign -> tell(foreign.problem());
                        case Item.OfPin _, Item.Other _ -> {}
                    }
                }
            }
            endFile();
        }

        private void version(Item.OfVersion item) {
            var bucket = item.url().bucket().value();
            bucketNames.add(item.url().account() + "/" + bucket);
            var name = bucket + "/" + item.url().file();
            if (!file.name().equals(name)) {
                endFile();
                file = new Share(name, 0, 0, 0);
                files++;
            }
            try {
                switch (records.read(item).orElse(null)) {
                    case VersionRecord.Committed(var _, var version) -> {
                        var size = version.size();
                        versions++;
                        logical += size.logical();
                        file = more(file, size.logical(), size.stored());
                        buckets.merge(
                                bucket,
                                new Share(bucket, 1, size.logical(), size.stored()),
                                (share, one) -> more(share, one.logicalBytes(), one.newBytes()));
                    }
                    case VersionRecord.Pending _, VersionRecord.Aborted _ -> unfinished++;
                    case null -> {}
                }
            } catch (StoreException.Corrupt | StoreException.Incompatible e) {
                tell(String.valueOf(e.getMessage()));
            }
        }

        private static Share more(Share share, long logical, long stored) {
            return new Share(
                    share.name(), share.versions() + 1, share.logicalBytes() + logical, share.newBytes() + stored);
        }

        private void endFile() {
            if (file.versions() > 0) {
                largestFiles.add(file);
                if (largestFiles.size() > LARGEST) {
                    largestFiles.remove();
                }
            }
        }
    }

    /** Sums over the chunks. */
    private static final class Tally implements DistinctChunks.Visitor {
        /** Bars double from 1 KiB on, up to the longest chunk. */
        private static final int BARS = 9;

        private final long[] counts = new long[BARS];
        private final long[] bytes = new long[BARS];
        private long chunks;
        private long again;
        private long plain;
        private long stored;

        @Override
        public void chunk(rok.index.Location place, boolean isAgain) {
            if (isAgain) {
                again++;
                return;
            }
            chunks++;
            plain += place.plainLength();
            stored += place.length();
            var bar = 0;
            while (bar < BARS - 1 && place.plainLength() > 1024 << bar) {
                bar++;
            }
            counts[bar]++;
            bytes[bar] += place.plainLength();
        }

        List<Bar> bars() {
            var bars = new ArrayList<Bar>();
            for (var bar = 0; bar < BARS; bar++) {
                bars.add(new Bar(1024L << bar, counts[bar], bytes[bar]));
            }
            return bars;
        }
    }
}
