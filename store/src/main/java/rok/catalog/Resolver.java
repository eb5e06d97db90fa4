package rok.catalog;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import rok.format.StoreException;
import rok.names.BucketName;
import rok.names.FileName;
import rok.names.NameException;
import rok.names.RokUrl;
import rok.names.VersionId;

/**
 * Finds the version that a text names: a Rok URL, {@code bucket/file@version}, {@code bucket/file} for its head, where
 * version is a UUID or the beginning of one, or such a beginning alone. The file may be a member's, {@code
 * <file>_<volume>}.
 */
final class Resolver {
    private static final int PREFIX_LENGTH_MIN = 4;
    private static final Pattern PREFIX = Pattern.compile("[0-9a-fA-F-]{1,36}");

    private final Catalog catalog;

    Resolver(Catalog catalog) {
        this.catalog = catalog;
    }

    Place place(String text) {
        if (RokUrl.looksLike(text)) {
            var url = RokUrl.parse(text);
            return placeOf(url).orElseThrow(() -> missing("There is no version " + url));
        }
        var slash = text.indexOf('/');
        if (slash >= 0) {
            return inBucket(text, new BucketName(text.substring(0, slash)), text.substring(slash + 1));
        }
        if (PREFIX.matcher(text).matches()) {
            if (hex(text).length() < PREFIX_LENGTH_MIN) {
                throw new NameException("'%s' is too short to name a version: give %d or more of its characters"
                        .formatted(text, PREFIX_LENGTH_MIN));
            }
            return one(text, everywhere(text));
        }
        throw new NameException(
                "'%s' names no version: give a Rok URL, BUCKET/FILE, BUCKET/FILE@VERSION or the beginning of a version"
                        .formatted(text));
    }

    /** Where the version of a URL is: of exactly its file, or of the group that its file names a member of. */
    Optional<Place> placeOf(RokUrl url) {
        for (var split : splits(url.file())) {
            var group = new RokUrl(url.account(), url.bucket(), split.file(), url.version());
            if (split.volume().isEmpty()
                    ? catalog.exists(group)
                    : isMember(group, split.volume().get())) {
                return Optional.of(new Place(group, split.volume()));
            }
        }
        return Optional.empty();
    }

    private boolean isMember(RokUrl group, String volume) {
        return catalog.record(group).stream()
                .anyMatch(record -> record instanceof VersionRecord.Committed committed
                        && committed.version().members().stream()
                                .anyMatch(member -> member.name().equals(volume)));
    }

    private Place inBucket(String text, BucketName bucket, String rest) {
        var whole = new FileName(rest);
        catalog.requireBucket(bucket);
        var candidates = new ArrayList<Place>();
        var at = rest.lastIndexOf('@');
        if (at >= 0 && PREFIX.matcher(rest.substring(at + 1)).matches()) {
            candidates.addAll(inFile(bucket, new FileName(rest.substring(0, at)), rest.substring(at + 1)));
        }
        // A file's own name may hold an '@'
        head(bucket, whole).ifPresent(candidates::add);
        if (candidates.isEmpty()) {
            throw missing(describe(bucket, rest, at));
        }
        return one(text, candidates);
    }

    private String describe(BucketName bucket, String rest, int at) {
        var file = new FileName(at >= 0 ? rest.substring(0, at) : rest);
        if (!catalog.hasFile(bucket, file)) {
            return "Bucket %s has no file %s".formatted(bucket, file);
        }
        return at >= 0
                ? "File %s/%s has no version that begins with %s".formatted(bucket, file, rest.substring(at + 1))
                : "File %s/%s has no finished version".formatted(bucket, file);
    }

    /** The file's newest committed version, or that of the group that it names a member of. */
    private Optional<Place> head(BucketName bucket, FileName file) {
        for (var split : splits(file)) {
            var head = catalog.head(bucket, split.file());
            if (head.isPresent()
                    && (split.volume().isEmpty()
                            || head.get().members().stream()
                                    .anyMatch(
                                            m -> m.name().equals(split.volume().get())))) {
                return Optional.of(new Place(head.get().url(), split.volume(), head));
            }
        }
        return Optional.empty();
    }

    private List<Place> inFile(BucketName bucket, FileName file, String prefix) {
        for (var split : splits(file)) {
            var places = new ArrayList<Place>();
            for (var id : catalog.ids(bucket, split.file())) {
                var url = new RokUrl(catalog.account(), bucket, split.file(), id);
                if (matches(id, prefix)
                        && (split.volume().isEmpty()
                                || isMember(url, split.volume().get()))) {
                    places.add(new Place(url, split.volume()));
                }
            }
            if (!places.isEmpty()) {
                return places;
            }
        }
        return List.of();
    }

    private List<Place> everywhere(String prefix) {
        var places = new ArrayList<Place>();
        for (var bucket : catalog.bucketNames()) {
            catalog.forEachVersion(bucket, url -> {
                if (matches(url.version(), prefix)) {
                    places.add(new Place(url, Optional.empty()));
                }
            });
        }
        if (places.isEmpty()) {
            throw missing("No version begins with %s".formatted(prefix));
        }
        return places;
    }

    private static Place one(String text, List<Place> places) {
        if (places.size() > 1) {
            throw new AmbiguousNameException(
                    text, places.stream().map(Place::toString).toList());
        }
        return places.getFirst();
    }

    /** The file itself, then each way in which its name can be a group's file and a volume, the longest file first. */
    private static List<Split> splits(FileName file) {
        var found = new LinkedHashMap<String, Split>();
        found.put("", new Split(file, Optional.empty()));
        var name = file.value();
        for (var i = name.lastIndexOf('_'); i > 0; i = name.lastIndexOf('_', i - 1)) {
            if (i < name.length() - 1) {
                try {
                    found.put(
                            name.substring(0, i),
                            new Split(new FileName(name.substring(0, i)), Optional.of(name.substring(i + 1))));
                } catch (NameException _) {
                    // No file is called so
                }
            }
        }
        return List.copyOf(found.values());
    }

    private record Split(FileName file, Optional<String> volume) {}

    private static boolean matches(VersionId id, String prefix) {
        return hex(id.value()).startsWith(hex(prefix));
    }

    private static String hex(String text) {
        return text.replace("-", "").toLowerCase(Locale.ROOT);
    }

    private static StoreException.Missing missing(String message) {
        return new StoreException.Missing(message);
    }
}
