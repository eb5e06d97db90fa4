package rok.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import rok.agent.VersionFiles;
import rok.agent.VersionFiles.Place;
import rok.api.EntryItem;
import rok.api.ErrorDocument.Code;
import rok.api.Items;
import rok.catalog.Found;
import rok.catalog.Version;
import rok.snapshot.ByteString;
import rok.snapshot.Entry;

/** {@code rok ls VERSION [PATH]}. */
@Command(
        description = "List what a folder of a version holds, without restoring it.",
        footer = {"", "In a group, the first name of a path is the member's."},
        sortOptions = false)
final class LsCommand implements rok.cli.Command {
    @Parameters(index = "0", paramLabel = "VERSION", description = "Which one: see rok show --help.")
    String version = "";

    @Parameters(index = "1", arity = "0..1", paramLabel = "PATH", description = "A folder or file in it.")
    String path = "";

    @Option(names = "-l", description = "Also mode, owner, size and time.")
    boolean details;

    @Option(
            names = {"-r", "--recursive"},
            description = "Also what folders hold, and so on.")
    boolean recursive;

    @Override
    public int run(Session session) {
        var found = session.resolve(version);
        var files = new VersionFiles(session.repository().reader(), members(found));
        var place = files.find(ByteString.utf8(path))
                .orElseThrow(() -> new Refusal(
                        Code.NOT_FOUND,
                        "There is no %s in %s".formatted(path, found.url()),
                        "rok ls %s shows what there is".formatted(version)));
        var output = session.output();
        if (output.json()) {
            var items = new ArrayList<EntryItem>();
            each(files, place, (at, entry) -> items.add(item(at, entry)));
            output.document(Items.of(items));
        } else {
            each(files, place, (at, entry) -> output.line(details ? line(at, entry) : name(at, entry)));
        }
        return 0;
    }

    /** All members, or the one that was named. */
    static List<Version.Member> members(Found found) {
        return found.member().map(List::of).orElse(found.version().members());
    }

    private interface Seen {
        void entry(ByteString path, Entry entry);
    }

    private void each(VersionFiles files, Place place, Seen seen) {
        switch (place) {
            case Place.Group(var members) -> members.forEach(member -> one(files, ByteString.EMPTY, member, seen));
            case Place.Found at -> {
                if (at.entry() instanceof Entry.Folder folder) {
                    below(files, at.path(), folder, seen);
                } else {
                    seen.entry(at.path(), at.entry());
                }
            }
        }
    }

    private void below(VersionFiles files, ByteString path, Entry.Folder folder, Seen seen) {
        files.entries(folder.tree()).forEachRemaining(entry -> one(files, path, entry, seen));
    }

    private void one(VersionFiles files, ByteString folder, Entry entry, Seen seen) {
        var at = folder.child(entry.name());
        seen.entry(at, entry);
        if (recursive && entry instanceof Entry.Folder below) {
            below(files, at, below, seen);
        }
    }

    private String name(ByteString at, Entry entry) {
        var shown = recursive ? at : entry.name();
        return entry instanceof Entry.Folder ? shown + "/" : shown.toString();
    }

    private String line(ByteString at, Entry entry) {
        var attributes = entry.attributes();
        var target = entry instanceof Entry.Symlink link ? " -> " + link.target() : "";
        return "%s%04o %5d:%-5d %10s  %s  %s%s"
                .formatted(
                        type(entry).charAt(0) == 'f' ? "-" : type(entry).substring(0, 1),
                        attributes.mode(),
                        attributes.uid(),
                        attributes.gid(),
                        Sizes.bytes(size(entry)),
                        Sizes.time(attributes.modified()),
                        name(at, entry),
                        target);
    }

    private static EntryItem item(ByteString at, Entry entry) {
        return new EntryItem(
                entry.name().toString(),
                at.toString(),
                type(entry),
                entry instanceof Entry.Folder ? 0 : size(entry),
                "%o".formatted(entry.attributes().mode()),
                entry.attributes().modified(),
                entry instanceof Entry.Symlink link ? link.target().toString() : null);
    }

    /** As documents spell it. */
    static String type(Entry entry) {
        return switch (entry) {
            case Entry.Folder _ -> "directory";
            case Entry.File _ -> "file";
            case Entry.Symlink _ -> "link";
            case Entry.Fifo _ -> "pipe";
        };
    }

    /** Of a folder, what the files in it take. */
    static long size(Entry entry) {
        return switch (entry) {
            case Entry.Folder folder -> folder.bytes();
            case Entry.File file -> file.content().length();
            case Entry.Symlink link -> link.target().length();
            case Entry.Fifo _ -> 0;
        };
    }
}
