package rok.s3;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import rok.object.LocationException;
import rok.object.ObjectKey;

/**
 * Where a store lies: {@code s3://bucket/prefix?endpoint=…&region=…&style=path|virtual&ca=FILE&profile=…&insecure=true}.
 * Parsed strictly: what is not understood is refused, and no refusal repeats a value, which might be a secret.
 *
 * @param prefix empty, or ends in a slash
 * @param endpoint empty for Amazon's own
 * @param pathStyle the bucket goes into the path and not into the host name
 * @param ca certificates (PEM) that sign the server's, in place of the system's
 * @param profile of the shared configuration files
 */
public record S3Location(
        String bucket,
        String prefix,
        Optional<URI> endpoint,
        Optional<String> region,
        boolean pathStyle,
        Optional<Path> ca,
        Optional<String> profile) {
    /** So that the longest key of a store stays below S3's 1,024 bytes. */
    static final int PREFIX_LENGTH_MAX = 256;

    private static final String SCHEME = "s3://";
    private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_.-]{1,64}");
    private static final Pattern IP4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
    private static final Set<String> PARAMETERS = Set.of("endpoint", "region", "style", "ca", "profile", "insecure");

    /** This text names a store in S3. */
    public static boolean isOne(String text) {
        return text.startsWith(SCHEME);
    }

    /**
     * Reads a location. Throws {@link LocationException}.
     *
     * @param environment an endpoint that the location does not name is taken from {@code AWS_ENDPOINT_URL_S3} or
     *     {@code AWS_ENDPOINT_URL}, as other clients do
     */
    public static S3Location parse(String text, Map<String, String> environment) {
        if (!isOne(text)) {
            throw new LocationException("A store in S3 is named s3://BUCKET/PREFIX");
        }
        if (text.chars().anyMatch(c -> c <= ' ' || Character.isISOControl(c))) {
            throw new LocationException("The location holds a space or a control character");
        }
        if (text.indexOf('#') >= 0) {
            throw new LocationException("The location holds a #, which means nothing here: write %23 in a value");
        }
        var question = text.indexOf('?');
        var place = text.substring(SCHEME.length(), question < 0 ? text.length() : question);
        var slash = place.indexOf('/');
        var authority = slash < 0 ? place : place.substring(0, slash);
        if (authority.indexOf('@') >= 0) {
            throw credentials();
        }
        if (!BUCKET.matcher(authority).matches() || authority.contains("..")) {
            throw new LocationException(
                    "The bucket in the location is no bucket's name: 3 to 63 of a-z, 0-9, - and ., a letter or digit first and last");
        }
        var parameters = parameters(question < 0 ? "" : text.substring(question + 1));
        var endpoint = endpoint(parameters, environment);
        return new S3Location(
                authority,
                prefix(slash < 0 ? "" : place.substring(slash + 1)),
                endpoint,
                Optional.ofNullable(parameters.get("region")).map(region -> word("region", region)),
                pathStyle(parameters.get("style"), endpoint),
                Optional.ofNullable(parameters.get("ca")).map(Path::of),
                Optional.ofNullable(parameters.get("profile")).map(profile -> word("profile", profile)));
    }

    private static LocationException credentials() {
        return new LocationException("A location holds no credentials, since it ends up in logs and process lists:"
                + " set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile=");
    }

    private static Map<String, String> parameters(String query) {
        var found = new HashMap<String, String>();
        for (var pair : query.isEmpty() ? new String[0] : query.split("&", -1)) {
            var equals = pair.indexOf('=');
            var name = equals < 0 ? pair : pair.substring(0, equals);
            if (!PARAMETERS.contains(name)) {
                throw name.toLowerCase(Locale.ROOT).matches(".*(key|secret|token|credential|password).*")
                        ? credentials()
                        : new LocationException(
                                "The location has a parameter %s; there are endpoint, region, style, ca,"
                                                .formatted(WORD.matcher(name).matches() ? name : "of no name")
                                        + " profile and insecure");
            }
            if (equals < 0 || equals == pair.length() - 1) {
                throw new LocationException("The location's %s has no value".formatted(name));
            }
            if (found.put(name, decode(name, pair.substring(equals + 1))) != null) {
                throw new LocationException("The location has %s twice".formatted(name));
            }
        }
        return found;
    }

    private static String decode(String name, String value) {
        var bytes = ByteBuffer.allocate(value.length() * 4);
        for (var i = 0; i < value.length(); i++) {
            var c = value.charAt(i);
            if (c != '%') {
                bytes.put(String.valueOf(c).getBytes(StandardCharsets.UTF_8));
                continue;
            }
            try {
                bytes.put((byte) Integer.parseUnsignedInt(value.substring(i + 1, i + 3), 16));
            } catch (IndexOutOfBoundsException | NumberFormatException e) {
                throw new LocationException("The location's %s has a %% without two hex digits".formatted(name));
            }
            i += 2;
        }
        try {
            var decoded =
                    StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
            if (decoded.chars().anyMatch(Character::isISOControl)) {
                throw new LocationException("The location's %s holds a control character".formatted(name));
            }
            return decoded;
        } catch (CharacterCodingException e) {
            throw new LocationException("The location's %s is no UTF-8".formatted(name));
        }
    }

    private static String word(String name, String value) {
        if (!WORD.matcher(value).matches()) {
            throw new LocationException(
                    "The location's %s is not 1 to 64 of A-Z, a-z, 0-9, _, . and -".formatted(name));
        }
        return value;
    }

    private static String prefix(String text) {
        if (text.isEmpty()) {
            return "";
        }
        var prefix = text.endsWith("/") ? text : text + "/";
        try {
            var _ = new ObjectKey(prefix);
        } catch (IllegalArgumentException e) {
            throw new LocationException(
                    "The prefix in the location is not segments of A-Z a-z 0-9 . _ % ~ + = @ - joined by single slashes");
        }
        if (prefix.length() > PREFIX_LENGTH_MAX) {
            throw new LocationException(
                    "The prefix in the location has more than %d characters".formatted(PREFIX_LENGTH_MAX));
        }
        return prefix;
    }

    private static Optional<URI> endpoint(Map<String, String> parameters, Map<String, String> environment) {
        var where = "the location's endpoint";
        var text = parameters.get("endpoint");
        for (var name : new String[] {"AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"}) {
            if (text == null && !environment.getOrDefault(name, "").isEmpty()) {
                where = name;
                text = environment.get(name);
            }
        }
        var insecure = insecure(parameters.get("insecure"));
        if (text == null) {
            return Optional.empty();
        }
        URI endpoint;
        try {
            endpoint = new URI(text);
        } catch (URISyntaxException e) {
            throw new LocationException("%s is no URL: http(s)://HOST:PORT".formatted(where));
        }
        if (endpoint.getRawUserInfo() != null) {
            throw credentials();
        }
        var http = "http".equals(endpoint.getScheme());
        if ((!http && !"https".equals(endpoint.getScheme()))
                || endpoint.getHost() == null
                || !(endpoint.getRawPath().isEmpty() || endpoint.getRawPath().equals("/"))
                || endpoint.getRawQuery() != null
                || endpoint.getRawFragment() != null) {
            throw new LocationException("%s is not http(s)://HOST:PORT and nothing else".formatted(where));
        }
        if (http && !isLoopback(endpoint.getHost()) && !insecure) {
            throw new LocationException(
                    "%s is plain http to another machine: everybody between here and %s could read and"
                                    .formatted(where, endpoint.getHost())
                            + " change what is stored; use https, or add insecure=true to the location where the network is trusted");
        }
        return Optional.of(URI.create(endpoint.getScheme() + "://" + endpoint.getRawAuthority()));
    }

    private static boolean insecure(@Nullable String text) {
        if (text == null || text.equals("false")) {
            return false;
        }
        if (!text.equals("true")) {
            throw new LocationException("The location's insecure is neither true nor false");
        }
        return true;
    }

    private static boolean pathStyle(@Nullable String style, Optional<URI> endpoint) {
        return switch (style) {
            case "path" -> true;
            case "virtual" -> false;
            case null ->
                endpoint.isPresent()
                        && (isLoopback(endpoint.get().getHost())
                                || isAddress(endpoint.get().getHost()));
            default -> throw new LocationException("The location's style is neither path nor virtual");
        };
    }

    private static boolean isLoopback(String host) {
        return host.equals("localhost") || host.equals("[::1]") || (isAddress(host) && host.startsWith("127."));
    }

    private static boolean isAddress(String host) {
        return host.startsWith("[") || IP4.matcher(host).matches();
    }

    /** For messages: bucket, prefix, and the server. */
    @Override
    public String toString() {
        return SCHEME
                + bucket
                + (prefix.isEmpty() ? "" : "/" + prefix.substring(0, prefix.length() - 1))
                + endpoint.map(server -> " at " + server).orElse("");
    }
}
