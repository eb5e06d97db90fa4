package rok.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.regex.Pattern;
import rok.api.ErrorDocument.Code;

/** Numbers as people read them. */
final class Sizes {
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    private static final Pattern SIZE = Pattern.compile("(\\d{1,18})\\s?([kKmMgGtTpP]?)(?:i?[bB])?");
    private static final DateTimeFormatter LOCAL = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);

    private Sizes() {}

    /** Such as {@code 312 B}, {@code 1.8 GiB}. */
    static String bytes(long bytes) {
        var unit = 0;
        double value = bytes;
        while (Math.abs(value) >= 1000 && unit < UNITS.length - 1) {
            value /= 1024;
            unit++;
        }
        return unit == 0 || value >= 100
                ? String.format(Locale.ROOT, "%.0f %s", value, UNITS[unit])
                : String.format(Locale.ROOT, "%.1f %s", value, UNITS[unit]);
    }

    /**
     * Bytes of {@code 20G}, {@code 512 MiB}, {@code 4096}: units are of 1,024.
     *
     * @throws Refusal where it is none
     */
    static long parse(String text) {
        var found = SIZE.matcher(text.strip());
        if (!found.matches()) {
            throw new Refusal(Code.USAGE, "%s is no size".formatted(text), "give it as in 20G or 512M");
        }
        var shift = "KMGTP".indexOf(found.group(2).toUpperCase(Locale.ROOT)) + 1;
        var unit = found.group(2).isEmpty() ? 1L : 1L << (10 * shift);
        try {
            return Math.multiplyExact(Long.parseLong(found.group(1)), unit);
        } catch (ArithmeticException | NumberFormatException _) {
            throw new Refusal(Code.USAGE, "%s is too large a size".formatted(text), "give it as in 20G or 512M");
        }
    }

    /** Such as {@code 0.42 s}, {@code 12 s}, {@code 3 min 20 s}. */
    static String duration(Duration duration) {
        var seconds = duration.toMillis() / 1000.0;
        if (seconds < 10) {
            return String.format(Locale.ROOT, "%.2f s", seconds);
        }
        if (seconds < 120) {
            return String.format(Locale.ROOT, "%.0f s", seconds);
        }
        return duration.toHours() > 0
                ? "%d h %d min".formatted(duration.toHours(), duration.toMinutesPart())
                : "%d min %d s".formatted(duration.toMinutes(), duration.toSecondsPart());
    }

    /** Such as {@code 0.85 ms}, {@code 12 ms}. */
    static String millis(Duration duration) {
        var millis = duration.toNanos() / 1e6;
        return String.format(Locale.ROOT, millis < 10 ? "%.2f ms" : "%.0f ms", millis);
    }

    /** In this machine's time zone. */
    static String time(Instant instant) {
        return LOCAL.format(instant.atZone(ZoneId.systemDefault()));
    }

    static String count(long count, String one, String many) {
        return String.format(Locale.ROOT, "%,d %s", count, count == 1 ? one : many);
    }
}
