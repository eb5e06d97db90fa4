package rok.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import rok.api.ErrorDocument.Code;
import rok.cipher.Secret;
import rok.format.StoreException;
import rok.keys.Credential;
import rok.keys.Unlock;

/** Where the key of an encrypted store comes from: a file that the environment names, or the person at the terminal. */
final class KeySource implements Unlock {
    static final String KEY_FILE = "ROK_KEY_FILE";
    static final String PASSPHRASE_FILE = "ROK_PASSPHRASE_FILE";

    private final Map<String, String> environment;
    private Optional<String> preferred = Optional.empty();
    private boolean mayAsk = true;
    private boolean isForSure = true;

    KeySource(Map<String, String> environment) {
        this.environment = environment;
    }

    /** A key file that comes before what the environment says. */
    void prefer(Optional<String> keyFile) {
        preferred = keyFile;
    }

    /** Nobody waits for an answer, as in the completion of a shell. */
    void neverAsk() {
        mayAsk = false;
    }

    /** It is not known yet whether the store is encrypted: whoever opens it looks himself. */
    void mayBeOfNoUse() {
        isForSure = false;
    }

    /** What the environment names a key by that must be one of the store, if it does. */
    Optional<String> named() {
        if (!isForSure) {
            return Optional.empty();
        }
        return named(KEY_FILE)
                .map(_ -> KEY_FILE)
                .or(() -> named(PASSPHRASE_FILE).map(_ -> PASSPHRASE_FILE));
    }

    @Override
    public Credential credential(String where) {
        return preferred.map(KeySource::keyFile).or(this::fromFiles).orElseGet(() -> {
            if (!mayAsk || !Terminal.isInput()) {
                throw new StoreException.Locked("The store in %s is encrypted, and no key was given".formatted(where));
            }
            return PassphrasePrompt.ask(where);
        });
    }

    /** The credential of a first slot, which is new: the preferred file, or else the environment's, or a passphrase. */
    Credential first() {
        return preferred.map(KeySource::keyFileOrNew).or(this::fromFiles).orElseGet(KeySource::askForNew);
    }

    /** The credential of one more slot: of the files that are named, or a passphrase that is asked for. */
    static Credential another(Optional<String> keyFile, Optional<String> passphraseFile) {
        if (keyFile.isPresent() && passphraseFile.isPresent()) {
            throw new Refusal(
                    Code.USAGE,
                    "A slot opens by a key file or by a passphrase, not by both",
                    "rok key add twice makes two");
        }
        return keyFile.map(KeySource::keyFileOrNew)
                .or(() -> passphraseFile.map(KeySource::passphrase))
                .orElseGet(KeySource::askForNew);
    }

    private static Credential askForNew() {
        if (!Terminal.isInput()) {
            throw new Refusal(
                    Code.USAGE,
                    "There is nobody to ask for a passphrase",
                    "name a file: --key-file, or one with a passphrase (--help)");
        }
        return PassphrasePrompt.askTwice();
    }

    private Optional<Credential> fromFiles() {
        var key = named(KEY_FILE);
        var passphrase = named(PASSPHRASE_FILE);
        if (key.isPresent() && passphrase.isPresent()) {
            throw new Refusal(
                    Code.USAGE,
                    "%s and %s are both set".formatted(KEY_FILE, PASSPHRASE_FILE),
                    "a store is opened by one of them: unset the other");
        }
        return key.map(KeySource::keyFile).or(() -> passphrase.map(KeySource::passphrase));
    }

    private Optional<String> named(String variable) {
        return Optional.ofNullable(environment.get(variable)).filter(text -> !text.isEmpty());
    }

    /** One that is there; or 32 random bytes that only this user can read. */
    private static Credential keyFileOrNew(String name) {
        var file = path(name);
        if (Files.exists(file)) {
            return keyFile(name);
        }
        var content = new byte[Secret.BYTES];
        new SecureRandom().nextBytes(content);
        try (var channel = FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            channel.write(ByteBuffer.wrap(content));
            // It and its name, before anything depends on it
            channel.force(true);
            sync(file.getParent());
        } catch (IOException e) {
            Arrays.fill(content, (byte) 0);
            throw new Refusal(Code.FAILED, "Key file %s can't be made: %s".formatted(name, reason(e)), "");
        }
        return Credential.keyFile(content);
    }

    private static void sync(@Nullable Path folder) throws IOException {
        try (var channel = FileChannel.open(Objects.requireNonNull(folder), StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static Credential keyFile(String name) {
        var content = read(name, "Key file", Secret.BYTES + 1);
        if (content.length != Secret.BYTES) {
            Arrays.fill(content, (byte) 0);
            throw new Refusal(
                    Code.FAILED,
                    "%s is no key file: it has %s %d bytes"
                            .formatted(name, content.length > Secret.BYTES ? "more than" : "not", Secret.BYTES),
                    "a key file has %d random bytes; rok key add --key-file makes one".formatted(Secret.BYTES));
        }
        return Credential.keyFile(content);
    }

    private static Credential passphrase(String name) {
        var content = read(name, "Passphrase file", Credential.PASSPHRASE_BYTES_MAX + 2);
        var end = 0;
        while (end < content.length && content[end] != '\n') {
            end++;
        }
        var length = end > 0 && content[end - 1] == '\r' ? end - 1 : end;
        var line = Arrays.copyOf(content, length);
        Arrays.fill(content, (byte) 0);
        if (length == 0 || length > Credential.PASSPHRASE_BYTES_MAX) {
            Arrays.fill(line, (byte) 0);
            throw new Refusal(
                    Code.FAILED,
                    "The first line of passphrase file %s %s"
                            .formatted(
                                    name,
                                    length == 0
                                            ? "is empty"
                                            : "has more than %d bytes".formatted(Credential.PASSPHRASE_BYTES_MAX)),
                    "it is to hold the passphrase");
        }
        return Credential.passphrase(line);
    }

    /** At most so many bytes of a file. */
    private static byte[] read(String name, String what, int bytesMax) {
        try (var in = Files.newInputStream(path(name))) {
            return in.readNBytes(bytesMax);
        } catch (IOException e) {
            throw new Refusal(Code.FAILED, "%s %s can't be read: %s".formatted(what, name, reason(e)), "");
        }
    }

    private static Path path(String name) {
        try {
            return Path.of(name).toAbsolutePath();
        } catch (InvalidPathException e) {
            throw new Refusal(Code.USAGE, "%s is no path: %s".formatted(Printable.of(name), e.getReason()), "");
        }
    }

    private static String reason(IOException e) {
        return switch (e) {
            case java.nio.file.NoSuchFileException _ -> "there is none";
            case java.nio.file.AccessDeniedException _ -> "no permission";
            default -> String.valueOf(e.getMessage());
        };
    }
}
