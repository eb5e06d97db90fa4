package rok.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import rok.s3.Throttle;
import rok.s3.Throttle.Rates;

/**
 * The limits of a command: its options, and the settings file, which is looked at each second, so that a limit can be
 * changed while the command runs. A file that was written after the command began beats the options.
 */
final class LimitSettings implements AutoCloseable {
    private static final int FILE_BYTES_MAX = 4096;
    private static final long LOOK_MILLIS = 1000;
    private static final Pattern BYTES = Pattern.compile("(\\d{1,12})\\s*(|B|KiB|MiB|GiB)(/s)?");
    private static final Map<String, Long> UNITS =
            Map.of("", 1L, "B", 1L, "KiB", 1L << 10, "MiB", 1L << 20, "GiB", 1L << 30);

    private final Path file;
    private final Given options;
    private final Consumer<String> warnings;
    private String atStart = "";
    private String seen = "";
    private @Nullable Thread thread;

    LimitSettings(Path file, Given options, Consumer<String> warnings) {
        this.file = file;
        this.options = options;
        this.warnings = warnings;
    }

    /** Limits of which some are said: bytes a second, bytes a second, requests a second; 0 is none. */
    record Given(Optional<Long> upload, Optional<Long> download, Optional<Long> requests) {
        static final Given NOTHING = new Given(Optional.empty(), Optional.empty(), Optional.empty());

        boolean isNothing() {
            return equals(NOTHING);
        }

        Given or(Given other) {
            return new Given(
                    upload.or(() -> other.upload),
                    download.or(() -> other.download),
                    requests.or(() -> other.requests));
        }

        Rates rates() {
            return new Rates(upload.orElse(0L), download.orElse(0L), requests.orElse(0L));
        }
    }

    /** Sets the rates, and sets them again whenever the file changes, until this is closed. */
    synchronized void follow(Throttle throttle) {
        atStart = read();
        seen = atStart;
        throttle.set(options.or(parse(atStart)).rates());
        thread = Thread.ofPlatform().daemon().name("rok-limits").start(() -> {
            try {
                while (true) {
                    Thread.sleep(LOOK_MILLIS);
                    look(throttle);
                }
            } catch (InterruptedException e) {
                // The command has ended.
                return;
            }
        });
    }

    private synchronized void look(Throttle throttle) {
        var now = read();
        if (!now.equals(seen)) {
            seen = now;
            var said = parse(now);
            throttle.set((now.equals(atStart) ? options.or(said) : said.or(options)).rates());
        }
    }

    private String read() {
        try (var in = Files.newInputStream(file)) {
            return new String(in.readNBytes(FILE_BYTES_MAX), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    private Given parse(String text) {
        try {
            var said = new HashMap<String, Long>();
            for (var line : text.lines().map(String::strip).toList()) {
                if (!line.isEmpty() && !line.startsWith("#")) {
                    var equals = line.indexOf('=');
                    var name = equals < 0 ? line : line.substring(0, equals).strip();
                    var value = equals < 0 ? "" : line.substring(equals + 1).strip();
                    said.put(name, value(name, value));
                }
            }
            return new Given(
                    Optional.ofNullable(said.get("upload")),
                    Optional.ofNullable(said.get("download")),
                    Optional.ofNullable(said.get("requests")));
        } catch (IllegalArgumentException e) {
            warnings.accept("%s is not used: %s".formatted(file, e.getMessage()));
            return Given.NOTHING;
        }
    }

    private static Long value(String name, String text) {
        return switch (name) {
            case "upload", "download" -> bytes(name, text);
            case "requests" -> count(name, text);
            default ->
                throw new IllegalArgumentException("%s is none of upload, download and requests".formatted(name));
        };
    }

    /** Bytes a second, as in {@code 10MiB}; {@code off} is 0. */
    static Long bytes(String name, String text) {
        var found = BYTES.matcher(text);
        if (!text.toLowerCase(Locale.ROOT).equals("off") && !found.matches()) {
            throw new IllegalArgumentException("%s is %s, no rate".formatted(name, text));
        }
        var bytes = found.matches()
                ? Math.multiplyExact(Long.parseLong(found.group(1)), Objects.requireNonNull(UNITS.get(found.group(2))))
                : 0L;
        if (bytes != 0 && bytes < Rates.BYTES_PER_SECOND_MIN) {
            throw new IllegalArgumentException("%s is %s, below the least, 64KiB".formatted(name, text));
        }
        return bytes;
    }

    /** Requests a second; {@code off} is 0. */
    static Long count(String name, String text) {
        if (text.toLowerCase(Locale.ROOT).equals("off")) {
            return 0L;
        }
        if (!text.matches("\\d{1,6}")) {
            throw new IllegalArgumentException("%s is %s, no number of requests".formatted(name, text));
        }
        return Long.parseLong(text);
    }

    @Override
    public synchronized void close() {
        if (thread != null) {
            thread.interrupt();
        }
    }
}
