package rok.runner;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import rok.names.AccountName;
import rok.names.BucketName;
import rok.names.FileName;
import rok.names.RokUrl;
import rok.names.VersionId;

/** Versions as plain copies of folders, one beside the other. */
final class CopiedSnapshots implements Snapshots {
    final List<Request> requests = new CopyOnWriteArrayList<>();
    final List<Path> copies = new CopyOnWriteArrayList<>();
    final List<Path> forgotten = new CopyOnWriteArrayList<>();
    private final Path store;

    CopiedSnapshots(Path store) {
        this.store = store;
    }

    @Override
    public boolean hasBucket(BucketName bucket) {
        return requests.stream().anyMatch(r -> r.bucket().equals(bucket));
    }

    @Override
    public synchronized Taken take(Request request) {
        var copy = store.resolve(Integer.toString(requests.size()));
        for (var volume : request.volumes()) {
            copyTree(volume.folder(), copy.resolve(volume.name()));
        }
        request.attachments().ifPresent(folder -> copyTree(folder, copy.resolve("+attachments")));
        var url = url(request, requests.size());
        requests.add(request);
        copies.add(copy);
        return new Taken(url, List.of());
    }

    private static RokUrl url(Request request, int number) {
        var id = new VersionId("0198c0de-0000-7000-8000-%012x".formatted(number));
        return new RokUrl(new AccountName("user"), request.bucket(), request.file(), id);
    }

    @Override
    public void copy(Taken version, Volume source, Path target) {
        copyTree(source.folder(), target);
    }

    @Override
    public List<Labelled> versions(BucketName bucket, FileName file) {
        var found = new ArrayList<Labelled>();
        for (int i = requests.size() - 1; i >= 0; i--) {
            var request = requests.get(i);
            if (request.bucket().equals(bucket) && request.file().equals(file)) {
                found.add(new Labelled(url(request, i), request.labels()));
            }
        }
        return found;
    }

    @Override
    public void forget(Path folder) {
        forgotten.add(folder);
    }

    /** The request for the version of a step. */
    Request of(String step, String phase) {
        return requests.get(index(step, phase));
    }

    Path copyOf(String step, String phase, String volume) {
        return copies.get(index(step, phase)).resolve(volume);
    }

    Request last() {
        return requests.getLast();
    }

    private int index(String step, String phase) {
        var found = new ArrayList<Integer>();
        for (int i = 0; i < requests.size(); i++) {
            var labels = requests.get(i).labels();
            if (step.equals(labels.getOrDefault("step", "")) && phase.equals(labels.get("phase"))) {
                found.add(i);
            }
        }
        if (found.size() != 1) {
            throw new AssertionError("%d versions of step '%s', phase %s".formatted(found.size(), step, phase));
        }
        return found.getFirst();
    }

    private static void copyTree(Path from, Path to) {
        try (var paths = Files.walk(from)) {
            for (var path : paths.toList()) {
                var target = to.resolve(from.relativize(path).toString());
                Files.createDirectories(Objects.requireNonNull(target.getParent()));
                Files.copy(
                        path,
                        target,
                        LinkOption.NOFOLLOW_LINKS,
                        StandardCopyOption.COPY_ATTRIBUTES,
                        StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
