package rok.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import rok.catalog.Actor;
import rok.catalog.Catalog;
import rok.catalog.Records;
import rok.catalog.VersionRecord;
import rok.check.Check;
import rok.check.CheckOptions;
import rok.check.CheckReport;
import rok.check.ChunkSource;
import rok.check.Finding;
import rok.check.Hurt;
import rok.check.Repair;
import rok.check.RepairReport;
import rok.check.TimeBox;
import rok.check.Watch;
import rok.format.StoreException;
import rok.names.AccountName;
import rok.object.FolderObjectStore;
import rok.object.ObjectStore;
import rok.repository.Repository;
import rok.snapshot.Content;
import rok.snapshot.Entry;
import rok.snapshot.TreeReader;

/** A copy of a store in which something was broken, and what can be found out about it. Close it. */
final class DamagedStore implements AutoCloseable {
    final ObjectStore objects;
    final Repository repository;

    DamagedStore(ObjectStore objects, Path cache, StoreKind kind) {
        this.objects = objects;
        this.repository = kind.open(objects, cache);
    }

    static DamagedStore in(Path folder, Path cache, StoreKind kind) {
        return new DamagedStore(new FolderObjectStore(folder), cache, kind);
    }

    static void copy(Path from, Path to) throws IOException {
        try (var all = Files.walk(from)) {
            for (var path : all.toList()) {
                var target = to.resolve(from.relativize(path));
                if (Files.isDirectory(path)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(path, target);
                }
            }
        }
    }

    static CheckOptions options(double percent) {
        return new CheckOptions(percent, TimeBox.of(System::nanoTime, Optional.empty()), 2, Actor.system(), Watch.NONE);
    }

    Catalog catalog(String account) {
        return new Catalog(
                objects,
                new AccountName(account),
                Optional.empty(),
                Actor.system(),
                repository.of(account).dataKeys());
    }

    CheckReport check(double percent) {
        return new Check(repository, options(percent)).run();
    }

    RepairReport repair(ChunkSource... sources) {
        return new Repair(repository, options(100), List.of(sources), _ -> {}).run();
    }

    static Set<String> hurts(List<Finding> findings) {
        return findings.stream()
                .flatMap(finding -> finding.hurts().stream())
                .map(DamagedStore::name)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String name(Hurt hurt) {
        return hurt.path().isEmpty() ? hurt.version() : hurt.version() + ":" + hurt.path();
    }

    /** What can't be read, found by reading everything that every version has, with nothing of what checks use. */
    Set<String> unreadable() {
        var records = new Records(objects, repository.storeKeys());
        var found = new TreeSet<String>();
        try (var items = records.all()) {
            for (var item : items.toList()) {
                if (item instanceof Records.Item.OfVersion version) {
                    try {
                        if (records.read(version).orElse(null) instanceof VersionRecord.Committed committed) {
                            var reader = repository
                                    .of(version.url().account().value())
                                    .reader();
                            for (var member : committed.version().members()) {
                                readTree(
                                        reader, member.root(), "", version.url().version() + ":", found);
                            }
                        }
                    } catch (StoreException.Corrupt e) {
                        found.add(version.url().version().value());
                    }
                }
            }
        }
        return found;
    }

    private static void readTree(
            rok.repository.ChunkReader reader, Content tree, String path, String version, Set<String> found) {
        var entries = new ArrayList<Entry>();
        try {
            new TreeReader(reader, tree).forEachRemaining(entries::add);
        } catch (StoreException.Corrupt | StoreException.Missing e) {
            found.add(version + (path.isEmpty() ? "/" : path));
            return;
        }
        for (var entry : entries) {
            var name = path + entry.name();
            if (entry instanceof Entry.Folder folder) {
                readTree(reader, folder.tree(), name + "/", version, found);
            } else if (entry instanceof Entry.File file && !isReadable(reader, file)) {
                found.add(version + name);
            }
        }
    }

    private static boolean isReadable(rok.repository.ChunkReader reader, Entry.File file) {
        try (var in = new rok.snapshot.ContentInput(reader, file.content())) {
            in.transferTo(java.io.OutputStream.nullOutputStream());
            return true;
        } catch (StoreException.Corrupt | StoreException.Missing e) {
            return false;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        objects.close();
    }
}
