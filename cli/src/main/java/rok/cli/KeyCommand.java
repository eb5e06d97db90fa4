package rok.cli;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import rok.api.ErrorDocument.Code;
import rok.keys.Keys;
import rok.keys.Keys.SlotSummary;

/** {@code rok key ACTION}. */
@Command(
        description = "Who can open an encrypted store.",
        footer = {
            "",
            "ls       the key slots; any one of them opens the store",
            "add      one more: a passphrase that is asked for, or one of the files below",
            "rm SLOT  takes one away; the last one stays",
            "rotate   new keys for all that is stored from now on; the slots stay",
            "",
            "ROK_KEY_FILE or ROK_PASSPHRASE_FILE names the file that opens the store now.",
            "docs/security.md says what each protects against.",
            "Example: rok key add --key-file ~/rok.key --label laptop"
        },
        sortOptions = false)
final class KeyCommand implements rok.cli.Command {
    @Parameters(index = "0", paramLabel = "ACTION", description = "ls, add, rm or rotate.")
    String action = "";

    @Parameters(index = "1", arity = "0..1", paramLabel = "SLOT", description = "Of rm: a slot's id, or its beginning.")
    @Nullable
    String slot;

    @Option(
            names = "--key-file",
            paramLabel = "FILE",
            description = "Of add: opens by this file of 32 random bytes, made if there is none.")
    @Nullable
    String keyFile;

    @Option(
            names = "--passphrase-file",
            paramLabel = "FILE",
            description = "Of add: opens by the first line of this file.")
    @Nullable
    String passphraseFile;

    @Option(names = "--label", paramLabel = "TEXT", description = "Of add: whose it is.")
    String label = "";

    /** A slot, as {@code --json} prints it. */
    record SlotItem(String id, String kind, String label, String created, boolean inUse) {
        static SlotItem of(SlotSummary slot) {
            return new SlotItem(
                    slot.id(),
                    slot.kind().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                    slot.label(),
                    slot.created().toString(),
                    slot.inUse());
        }
    }

    /** What {@code --json} prints of every action: how it is now. */
    record Slots(String share, int generation, List<SlotItem> slots) {
        static Slots of(Keys keys) {
            var slots = keys.slots().stream().map(SlotItem::of).toList();
            return new Slots(keys.share().text(), keys.newest(), slots);
        }
    }

    @Override
    public int run(Session session) {
        requireUsage();
        var keys = session.repository()
                .keys()
                .orElseThrow(() -> new Refusal(
                        Code.FAILED, "The store is not encrypted", "rok init LOCATION --encrypt makes one that is"));
        switch (action) {
            case "add" -> add(keys, session.output());
            case "rm" -> remove(keys, session.output());
            case "rotate" -> rotate(keys, session.output());
            default -> {}
        }
        if (session.output().json()) {
            session.output().document(Slots.of(keys));
        } else if (action.equals("ls")) {
            print(keys, session.output());
        }
        return 0;
    }

    private void requireUsage() {
        if (!List.of("ls", "add", "rm", "rotate").contains(action)) {
            throw new Refusal(Code.USAGE, "rok key can't %s".formatted(action), "it does ls, add, rm SLOT and rotate");
        }
        if (action.equals("rm") != (slot != null)) {
            throw new Refusal(
                    Code.USAGE,
                    action.equals("rm") ? "Which slot is missing" : "rok key %s takes no slot".formatted(action),
                    "rok key ls lists them");
        }
        if (!action.equals("add") && (keyFile != null || passphraseFile != null || !label.isEmpty())) {
            throw new Refusal(Code.USAGE, "Files and labels are for rok key add only", "rok key --help");
        }
    }

    private void add(Keys keys, Output output) {
        try (var credential = KeySource.another(Optional.ofNullable(keyFile), Optional.ofNullable(passphraseFile))) {
            var id = keys.add(credential, label, Instant.now());
            if (!output.json()) {
                output.line(id);
                output.note("From now on %s opens the store too".formatted(credential));
            }
        }
    }

    private void remove(Keys keys, Output output) {
        var beginning = Optional.ofNullable(slot).orElse("");
        var id = Keys.find(keys.slots(), beginning)
                .orElseThrow(() -> new Refusal(
                        Code.NOT_FOUND,
                        "No one key slot begins with '%s'".formatted(beginning),
                        "rok key ls lists them"));
        keys.remove(id);
        output.note(
                "Slot %s is gone. Who has used it may have kept the keys: rok key rotate gives new ones to what is stored from now on"
                        .formatted(id));
    }

    private static void rotate(Keys keys, Output output) {
        var generation = keys.rotate();
        output.note("What is stored from now on has keys of generation %d; what was stored keeps its own"
                .formatted(generation));
    }

    private static void print(Keys keys, Output output) {
        output.table(
                List.of("SLOT", "OPENS BY", "LABEL", "CREATED", "IN USE"),
                keys.slots().stream()
                        .map(SlotItem::of)
                        .map(item -> List.of(
                                item.id(), item.kind(), item.label(), item.created(), item.inUse() ? "yes" : ""))
                        .toList());
    }
}
