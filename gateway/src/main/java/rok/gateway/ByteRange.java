package rok.gateway;

import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The part of a content that a request wants (RFC 9110, 14.2). {@code first} and {@code last} count.
 *
 * @param length of the whole content
 */
record ByteRange(long first, long last, long length) {
    private static final Pattern ONE = Pattern.compile("bytes=\\s*(\\d{0,18})-(\\d{0,18})\\s*");

    /** Thrown for a range that lies outside of the content. */
    static final class Unsatisfiable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final long length;

        Unsatisfiable(String header, long length) {
            super("The range %s lies outside of the %d bytes".formatted(header, length), null, false, false);
            this.length = length;
        }

        long length() {
            return length;
        }
    }

    /** Empty for no range, several, or one that can't be read: the answer is then the whole content. */
    static Optional<ByteRange> parse(@Nullable String header, long length) {
        var found = header == null ? null : ONE.matcher(header);
        if (header == null || found == null || !found.matches()) {
            return Optional.empty();
        }
        var from = found.group(1);
        var to = found.group(2);
        if (from.isEmpty() && to.isEmpty()) {
            return Optional.empty();
        }
        var first = from.isEmpty() ? Math.max(0, length - Long.parseLong(to)) : Long.parseLong(from);
        var last = from.isEmpty() || to.isEmpty() ? length - 1 : Math.min(Long.parseLong(to), length - 1);
        if (!from.isEmpty() && !to.isEmpty() && Long.parseLong(to) < first) {
            return Optional.empty();
        }
        if (first > last) {
            throw new Unsatisfiable(header, length);
        }
        return Optional.of(new ByteRange(first, last, length));
    }

    long count() {
        return last - first + 1;
    }

    String contentRange() {
        return "bytes %d-%d/%d".formatted(first, last, length);
    }
}
