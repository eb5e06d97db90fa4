package rok.names;

import java.util.List;
import java.util.Locale;

/**
 * Names a version: {@code /rok/swift/v1/<account>/<bucket>/<file>?version=<uuid>}. Of a group, or of one of its members,
 * where the file is {@code <group's file>_<volume>}.
 */
public record RokUrl(AccountName account, BucketName bucket, FileName file, VersionId version) {
    /** Longest text that is looked at. */
    public static final int LENGTH_MAX = 8192;

    private static final String PATH = "/rok/swift/v1/";
    private static final String FORM = "/rok/swift/v1/<account>/<bucket>/<file>?version=<uuid>";
    private static final String QUERY = "version=";

    /**
     * Reads an absolute path or a whole {@code http} or {@code https} URL, whose host does not matter: the same version
     * is behind every gateway.
     */
    public static RokUrl parse(String text) {
        if (text.length() > LENGTH_MAX) {
            throw new NameException("A Rok URL has at most %,d characters, not %,d: %s…"
                    .formatted(LENGTH_MAX, text.length(), NameRule.printable(text.substring(0, 60))));
        }
        var rest = afterHost(text);
        if (!rest.startsWith(PATH)) {
            throw wrong(text, "its path does not begin with " + PATH);
        }
        var question = rest.indexOf('?');
        if (question < 0) {
            throw wrong(text, "it lacks ?version=<uuid>");
        }
        var query = rest.substring(question + 1);
        if (!query.startsWith(QUERY) || query.indexOf('&') >= 0 || query.indexOf('#') >= 0) {
            throw wrong(text, "after the '?' comes version=<uuid> and nothing else");
        }
        var segments = List.of(rest.substring(PATH.length(), question).split("/", -1));
        if (segments.size() != 3) {
            throw wrong(text, "%d names stand before the '?', not account, bucket and file".formatted(segments.size()));
        }
        return new RokUrl(
                new AccountName(PercentCode.decode("An account name", segments.get(0))),
                new BucketName(PercentCode.decode("A bucket name", segments.get(1))),
                new FileName(PercentCode.decode("A file name", segments.get(2))),
                new VersionId(query.substring(QUERY.length())));
    }

    /** Whether a text is meant as a Rok URL, right or wrong, rather than as one of the short forms. */
    public static boolean looksLike(String text) {
        return text.startsWith("/") || text.contains("://");
    }

    /** The same version, of the member that is this volume. */
    public RokUrl member(String volume) {
        return new RokUrl(account, bucket, file.member(volume), version);
    }

    /** The absolute path, percent-encoded, which {@link #parse} takes. */
    @Override
    public String toString() {
        return PATH + encode(account.value()) + "/" + encode(bucket.value()) + "/" + encode(file.value()) + "?" + QUERY
                + version;
    }

    private static String encode(String name) {
        return PercentCode.encode(name, "-._~");
    }

    private static String afterHost(String text) {
        var scheme = text.indexOf("://");
        if (scheme < 0 || text.startsWith("/")) {
            return text;
        }
        var name = text.substring(0, scheme).toLowerCase(Locale.ROOT);
        if (!name.equals("http") && !name.equals("https")) {
            throw wrong(text, "its scheme is neither http nor https");
        }
        var path = text.indexOf('/', scheme + 3);
        if (path < 0 || path == scheme + 3) {
            throw wrong(text, "it has no " + (path < 0 ? "path" : "host"));
        }
        return text.substring(path);
    }

    private static NameException wrong(String text, String what) {
        return new NameException(
                "Not a Rok URL, %s: %s (it looks like %s)".formatted(what, NameRule.printable(text), FORM));
    }
}
