package rok.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.concurrent.CancellationException;
import rok.api.ErrorDocument.Code;
import rok.keys.Credential;
import rok.linux.Syscalls;

/** Asks the person at the terminal for a passphrase, which is not shown. */
final class PassphrasePrompt {
    private static final Path TERMINAL = Path.of("/dev/tty");
    /** Standard input, which is the terminal where somebody is asked. */
    private static final int INPUT = 0;

    private PassphrasePrompt() {}

    /** Asks for one that exists. */
    static Credential ask(String where) {
        try (var terminal = open()) {
            return credential(line(terminal, "Passphrase of %s: ".formatted(where)));
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** Asks twice for a new one. */
    static Credential askTwice() {
        try (var terminal = open()) {
            var first = line(terminal, "New passphrase: ");
            var second = line(terminal, "The same again: ");
            var same = Arrays.equals(first, second);
            Arrays.fill(second, (byte) 0);
            if (!same) {
                Arrays.fill(first, (byte) 0);
                throw new Refusal(Code.USAGE, "The two passphrases differ", "nothing was changed; try again");
            }
            return credential(first);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private static Credential credential(byte[] line) {
        if (line.length == 0) {
            throw new Refusal(Code.USAGE, "The passphrase is empty", "");
        }
        return Credential.passphrase(line);
    }

    private static FileChannel open() throws IOException {
        return FileChannel.open(TERMINAL, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    private static byte[] line(FileChannel terminal, String question) throws IOException {
        var syscalls = new Syscalls();
        // Before the question: an answer that comes at once is not to be shown
        syscalls.echo(INPUT, false);
        try {
            terminal.write(ByteBuffer.wrap(Printable.of(question).getBytes(StandardCharsets.UTF_8)));
            return read(terminal);
        } catch (ClosedByInterruptException e) {
            throw new CancellationException("Interrupted");
        } finally {
            syscalls.echo(INPUT, true);
            if (terminal.isOpen()) {
                terminal.write(ByteBuffer.wrap(new byte[] {'\n'}));
            }
        }
    }

    /** A terminal gives a line at a time, with its end. */
    private static byte[] read(FileChannel terminal) throws IOException {
        var bytes = ByteBuffer.allocateDirect(Credential.PASSPHRASE_BYTES_MAX + 2);
        try {
            while (bytes.hasRemaining()) {
                var from = bytes.position();
                if (terminal.read(bytes) <= 0) {
                    break;
                }
                if (bytes.get(bytes.position() - 1) == '\n') {
                    bytes.position(bytes.position() - 1);
                    break;
                }
                if (bytes.position() == from) {
                    break;
                }
            }
            var line = new byte[bytes.position()];
            bytes.get(0, line);
            return line;
        } finally {
            bytes.clear();
            while (bytes.hasRemaining()) {
                bytes.put((byte) 0);
            }
        }
    }

    private static Refusal failed(IOException e) {
        return new Refusal(
                Code.FAILED,
                "The passphrase can't be asked for: " + e.getMessage(),
                "%s names a file with it".formatted(KeySource.PASSPHRASE_FILE));
    }
}
