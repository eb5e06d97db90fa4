package rok.s3;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import rok.format.StoreException;
import rok.object.ObjectKey;
import rok.object.ObjectStore.ObjectInfo;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;

/**
 * What lies below a prefix, a page at a time, in the order of the keys. S3 lists in the order of UTF-8's bytes, which for
 * our keys is that of {@link ObjectKey}; a server that does otherwise is refused. What is no key of ours is passed over.
 */
final class Listing implements Iterator<ObjectInfo> {
    private static final int PAGE = 1000;

    private final S3Client client;
    private final Requests requests;
    private final Target target;
    private final ObjectKey below;
    private final boolean children;
    private final Deque<ObjectInfo> page = new ArrayDeque<>();
    private @Nullable String continuation;
    private boolean ended;
    private @Nullable ObjectKey last;

    /** @param children group what lies deeper, as keys that end in a slash and have size 0 */
    Listing(S3Client client, Requests requests, Target target, ObjectKey below, boolean children) {
        this.client = client;
        this.requests = requests;
        this.target = target;
        this.below = below;
        this.children = children;
    }

    /** Whether anything at all lies below the target's prefix. */
    static boolean isEmpty(S3Client client, Requests requests, Target target) {
        var request = ListObjectsV2Request.builder()
                .bucket(target.bucket())
                .prefix(target.prefix())
                .maxKeys(1)
                .overrideConfiguration(override -> Target.bound(override, 0))
                .build();
        return requests.send(
                Operation.LIST,
                "Looking whether the place is empty",
                0,
                _ -> client.listObjectsV2(request).contents().isEmpty());
    }

    @Override
    public boolean hasNext() {
        while (page.isEmpty() && !ended) {
            fetch();
        }
        return !page.isEmpty();
    }

    @Override
    public ObjectInfo next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return page.remove();
    }

    private void fetch() {
        var request = ListObjectsV2Request.builder()
                .bucket(target.bucket())
                .prefix(target.name(below))
                .maxKeys(PAGE)
                .continuationToken(continuation)
                .delimiter(children ? "/" : null)
                .overrideConfiguration(override -> Target.bound(override, 0))
                .build();
        var answer = requests.send(Operation.LIST, "Listing " + below, 0, _ -> client.listObjectsV2(request));
        take(answer);
        var next = answer.nextContinuationToken();
        ended = !Boolean.TRUE.equals(answer.isTruncated());
        if (!ended && (next == null || next.equals(continuation))) {
            throw new StoreException.Incompatible(
                    "The server lists %s in pages but does not say how to go on: it cannot hold a store"
                            .formatted(below));
        }
        continuation = next;
    }

    private void take(ListObjectsV2Response answer) {
        var found = new ArrayList<ObjectInfo>();
        var before = last;
        for (var object : answer.contents()) {
            var key = key(object.key());
            if (key.isEmpty() || key.get().value().endsWith("/")) {
                continue;
            }
            if (before != null && before.compareTo(key.get()) >= 0) {
                throw new StoreException.Incompatible(
                        "The server lists %s after %s, and not in the order of the keys: it cannot hold a store"
                                .formatted(key.get(), before));
            }
            before = key.get();
            found.add(new ObjectInfo(key.get(), object.size()));
        }
        for (var group : answer.commonPrefixes()) {
            key(group.prefix()).ifPresent(key -> found.add(new ObjectInfo(key, 0)));
        }
        found.sort(Comparator.comparing(ObjectInfo::key));
        page.addAll(found);
        last = found.isEmpty() ? last : found.getLast().key();
    }

    private Optional<ObjectKey> key(String name) {
        try {
            return name.startsWith(target.prefix())
                    ? Optional.of(new ObjectKey(name.substring(target.prefix().length())))
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
