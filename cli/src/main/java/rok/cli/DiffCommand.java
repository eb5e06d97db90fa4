package rok.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import rok.agent.Difference;
import rok.agent.Difference.Change;
import rok.api.ChangeItem;
import rok.api.Items;
import rok.catalog.Version;
import rok.snapshot.ByteString;
import rok.snapshot.Content;
import rok.snapshot.Entry;

/** {@code rok diff VERSION VERSION}. */
@Command(
        description = "Show what differs between two versions, or two members.",
        footer = {"", "+ added   - removed   M other content   m other owner, mode, time or attributes"},
        sortOptions = false)
final class DiffCommand implements rok.cli.Command {
    @Parameters(index = "0", paramLabel = "BEFORE", description = "A version, or a member of one.")
    String before = "";

    @Parameters(index = "1", paramLabel = "AFTER", description = "Another.")
    String after = "";

    @Override
    public int run(Session session) {
        var left = session.resolve(before);
        var right = session.resolve(after);
        var output = session.output();
        var items = new ArrayList<ChangeItem>();
        var difference = new Difference(session.repository().reader(), change -> {
            if (output.json()) {
                items.add(item(change));
            } else {
                output.line("%s %s".formatted(sign(change), change.path()));
            }
        });
        compare(difference, LsCommand.members(left), LsCommand.members(right));
        if (output.json()) {
            output.document(Items.of(items));
        }
        return 0;
    }

    /** Of two single volumes, their contents; of groups, member by member as they are called. */
    private static void compare(Difference difference, List<Version.Member> left, List<Version.Member> right) {
        if (left.size() == 1 && right.size() == 1) {
            difference.compare(
                    ByteString.EMPTY, left.getFirst().root(), right.getFirst().root());
            return;
        }
        var lefts = byName(left);
        var rights = byName(right);
        var names = new TreeSet<>(lefts.keySet());
        names.addAll(rights.keySet());
        for (var name : names) {
            difference.compare(
                    ByteString.utf8(name),
                    lefts.getOrDefault(name, Difference.NOTHING),
                    rights.getOrDefault(name, Difference.NOTHING));
        }
    }

    private static Map<String, Content> byName(List<Version.Member> members) {
        var roots = new TreeMap<String, Content>();
        members.forEach(member -> roots.put(member.name(), member.root()));
        return roots;
    }

    private static ChangeItem item(Change change) {
        var shown = change.after().or(change::before).orElseThrow();
        return new ChangeItem(
                change.kind().name().toLowerCase(Locale.ROOT),
                change.path().toString(),
                LsCommand.type(shown),
                change.before().map(DiffCommand::size).orElse(0L),
                change.after().map(DiffCommand::size).orElse(0L));
    }

    private static long size(Entry entry) {
        return entry instanceof Entry.Folder ? 0 : LsCommand.size(entry);
    }

    private static String sign(Change change) {
        return switch (change.kind()) {
            case ADDED -> "+";
            case REMOVED -> "-";
            case CONTENT -> "M";
            case METADATA -> "m";
        };
    }
}
