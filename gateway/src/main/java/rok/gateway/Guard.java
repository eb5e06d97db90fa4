package rok.gateway;

import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps other web sites out: a name that was rebound to a loopback address is no loopback name, another site's script has
 * another origin, and what is answered can be neither embedded nor read elsewhere.
 */
final class Guard {
    /** The page runs its own scripts and styles, and nothing inline. */
    static final String PAGE_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
            + " connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
            + " require-trusted-types-for 'script'";
    /** What a store holds may show itself, and nothing else. */
    static final String STORED_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:;"
            + " font-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";
    /** The document that shows the HTML of a notebook's output: one script of ours, an origin of its own. */
    static final String FRAME_POLICY = "sandbox allow-scripts; default-src 'none'; script-src 'self';"
            + " style-src 'self' 'unsafe-inline'; img-src data:; font-src data:; base-uri 'none'; form-action 'none';"
            + " frame-ancestors 'self'";

    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    /** What the sandboxed document loads: to it, whose origin is opaque, this gateway is another site. */
    private static final Set<String> FRAME_FILES = Set.of("/rok/frame.js", "/rok/frame.css");

    private Guard() {}

    /** Before every request. */
    static void check(Context context) {
        headers(context);
        var host = context.header("Host");
        if (!isLoopback(host)) {
            throw refused("This gateway answers on this machine only, not as %s".formatted(shown(host)));
        }
        var origin = context.header("Origin");
        var fromFrame = "null".equals(origin) && FRAME_FILES.contains(context.path());
        if (origin != null && !origin.equals("http://" + host) && !fromFrame) {
            throw refused("A page of %s may not ask this gateway".formatted(shown(origin)));
        }
        var site = context.header("Sec-Fetch-Site");
        if (context.path().startsWith("/api/") && ("cross-site".equals(site) || "same-site".equals(site))) {
            throw refused("Another site's page may not ask this gateway");
        }
        if (!context.method().equals(HandlerType.GET) && !context.method().equals(HandlerType.HEAD)) {
            context.header("Allow", "GET, HEAD");
            throw new Problem.Refused(new Problem(
                    "Not allowed",
                    405,
                    "%s is not possible here: the gateway only reads".formatted(context.method()),
                    "refused",
                    "Use the rok command to change the store."));
        }
    }

    private static void headers(Context context) {
        context.header("X-Content-Type-Options", "nosniff")
                .header("Referrer-Policy", "no-referrer")
                .header("Cross-Origin-Resource-Policy", "same-origin")
                .header("Cross-Origin-Opener-Policy", "same-origin")
                .header("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox");
    }

    private static Problem.Refused refused(String detail) {
        return new Problem.Refused(
                new Problem("Refused", 403, detail, "refused", "Open it as http://localhost with its port."));
    }

    private static boolean isLoopback(@Nullable String host) {
        if (host == null) {
            return false;
        }
        var port = host.lastIndexOf(':');
        var name = port > host.lastIndexOf(']') ? host.substring(0, port) : host;
        return LOOPBACK.contains(name);
    }

    private static String shown(@Nullable String text) {
        return text == null
                ? "a host without a name"
                : text.substring(0, Math.min(100, text.length())).replaceAll("[^ -~]", "?");
    }
}
