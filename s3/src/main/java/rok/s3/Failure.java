package rok.s3;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;
import rok.format.StoreException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * What a failed attempt means: what to do next, and what to tell if that does not help.
 *
 * @param reason the part of the message after what was being done
 */
record Failure(Next next, Kind kind, String reason, Throwable cause) {
    /** What the sender does. */
    enum Next {
        AGAIN,
        /** Again, and with fewer requests at once. */
        SLOWER,
        /** Again, with credentials looked up anew. */
        NEW_CREDENTIALS,
        /** Again, where it changes something, for a few attempts. */
        AGAIN_IF_WRITING,
        GIVE_UP
    }

    /** The {@link StoreException} that it becomes. */
    enum Kind {
        UNAVAILABLE,
        DENIED,
        INCOMPATIBLE
    }

    private static final Set<String> AGAIN = Set.of(
            "InternalError",
            "RequestTimeout",
            "RequestTimeTooSkewed",
            "ConditionalRequestConflict",
            "OperationAborted",
            // What arrived was not what was sent.
            "BadDigest",
            "IncompleteBody",
            "XAmzContentSHA256Mismatch",
            "XAmzContentChecksumMismatch");
    private static final Set<String> SLOWER = Set.of(
            "SlowDown",
            "SlowDownRead",
            "SlowDownWrite",
            "ServiceUnavailable",
            "Throttling",
            "ThrottlingException",
            "TooManyRequests",
            "RequestLimitExceeded",
            "BandwidthLimitExceeded");
    private static final Set<String> EXPIRED = Set.of(
            "ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "InvalidToken", "InvalidAccessKeyId");
    private static final Set<String> OTHER_REGION = Set.of(
            "PermanentRedirect",
            "TemporaryRedirect",
            "AuthorizationHeaderMalformed",
            "IllegalLocationConstraintException");
    private static final Set<String> FULL =
            Set.of("QuotaExceeded", "XMinioStorageFull", "XMinioAdminBucketQuotaExceeded", "InsufficientStorage");

    static Failure of(RuntimeException e) {
        return switch (e) {
            case S3Exception answer -> answer(answer);
            case AbortedException _ -> interrupted(e);
            default -> noAnswer(e);
        };
    }

    static Failure interrupted(Throwable e) {
        Thread.currentThread().interrupt();
        return new Failure(Next.GIVE_UP, Kind.UNAVAILABLE, "interrupted", e);
    }

    private static Failure answer(S3Exception e) {
        var code = code(e);
        var said = "the server answered %d%s%s"
                .formatted(
                        e.statusCode(),
                        code.isEmpty() ? "" : " " + code,
                        e.requestId() == null ? "" : " (request %s)".formatted(e.requestId()));
        if (SLOWER.contains(code) || e.statusCode() == 429 || (e.statusCode() == 503 && !AGAIN.contains(code))) {
            return new Failure(Next.SLOWER, Kind.UNAVAILABLE, said + "; try again later, or with --limit-requests", e);
        }
        if (FULL.contains(code) || e.statusCode() == 507) {
            return new Failure(Next.GIVE_UP, Kind.UNAVAILABLE, said + ": no room is left; make some there", e);
        }
        // Conflicts are of the moment: another request for the key was under way.
        if (AGAIN.contains(code)
                || e.statusCode() == 409
                || (e.statusCode() >= 500 && e.statusCode() != 501)
                || e.statusCode() == 408) {
            return new Failure(
                    Next.AGAIN,
                    Kind.UNAVAILABLE,
                    said
                            + (code.equals("RequestTimeTooSkewed")
                                    ? "; set this machine's clock or the server's"
                                    : "; try again later, and ask who runs the server"),
                    e);
        }
        if (EXPIRED.contains(code)) {
            return new Failure(
                    Next.NEW_CREDENTIALS,
                    Kind.DENIED,
                    said + ", also to credentials that were looked up anew; renew them",
                    e);
        }
        return refused(e, code, said);
    }

    private static Failure refused(S3Exception e, String code, String said) {
        if (code.equals("NoSuchBucket")) {
            return new Failure(Next.GIVE_UP, Kind.INCOMPATIBLE, said + ": make the bucket first, or name another", e);
        }
        if (OTHER_REGION.contains(code) || e.statusCode() == 301) {
            return new Failure(
                    Next.GIVE_UP,
                    Kind.INCOMPATIBLE,
                    said + ": the bucket is elsewhere; name its region= in the location",
                    e);
        }
        if (e.statusCode() == 401 || e.statusCode() == 403) {
            var what = code.equals("SignatureDoesNotMatch")
                    ? "; the secret key is wrong"
                    : "; these credentials may not do that: give them the permission, or use others";
            // MinIO says so too when a folder goes that another request is about to write to
            var next = code.equals("AccessDenied") ? Next.AGAIN_IF_WRITING : Next.GIVE_UP;
            return new Failure(next, Kind.DENIED, said + what, e);
        }
        var detail = Optional.ofNullable(e.awsErrorDetails())
                .map(details -> details.errorMessage())
                .map(message -> ": " + message)
                .orElse("");
        return new Failure(
                Next.GIVE_UP,
                Kind.INCOMPATIBLE,
                said + detail + "; rok probe tells whether this server can hold a store",
                e);
    }

    private static Failure noAnswer(RuntimeException e) {
        if (find(e, ReloadableCredentials.NoCredentials.class) != null) {
            return new Failure(
                    Next.GIVE_UP,
                    Kind.DENIED,
                    "there are no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile= in the location",
                    e);
        }
        if (Thread.currentThread().isInterrupted()) {
            return interrupted(e);
        }
        var certificate = find(e, CertificateException.class);
        if (certificate != null
                || find(e, SSLPeerUnverifiedException.class) != null
                || find(e, SSLHandshakeException.class) != null) {
            return new Failure(
                    Next.GIVE_UP,
                    Kind.DENIED,
                    "the server's certificate is not trusted (%s); name the file of the authority that signed it with ca= in the location"
                            .formatted(root(e).getMessage()),
                    e);
        }
        if (!(e instanceof SdkException) && !(e instanceof UncheckedIOException)) {
            // Not of the network: a mistake of ours must not pass for one.
            throw e;
        }
        var host = find(e, UnknownHostException.class);
        return new Failure(
                Next.AGAIN,
                Kind.UNAVAILABLE,
                host == null
                        ? "no answer (%s); check the network and whether the server runs".formatted(describe(e))
                        : "the host %s is not known; check the endpoint= in the location and the network"
                                .formatted(host.getMessage()),
                e);
    }

    private static String describe(Throwable e) {
        var io = find(e, IOException.class);
        var told = io == null ? e.getMessage() : io.getMessage();
        return told == null ? "the connection broke" : told;
    }

    /** The S3 code of an answer; empty where the answer had no body. */
    static String code(S3Exception e) {
        return Optional.ofNullable(e.awsErrorDetails())
                .map(details -> details.errorCode())
                .orElse("");
    }

    StoreException exception(String doing) {
        var message = doing + ": " + reason;
        return switch (kind) {
            case UNAVAILABLE -> new StoreException.Unavailable(message, cause);
            case DENIED -> new StoreException.Denied(message, cause);
            case INCOMPATIBLE -> new StoreException.Incompatible(message);
        };
    }

    Failure after(int attempts) {
        return attempts == 1 ? this : new Failure(next, kind, "%s (%d attempts)".formatted(reason, attempts), cause);
    }

    private static <T extends Throwable> @Nullable T find(Throwable in, Class<T> type) {
        var depth = 0;
        for (Throwable e = in; e != null && depth < 20; e = e.getCause(), depth++) {
            if (type.isInstance(e)) {
                return type.cast(e);
            }
        }
        return null;
    }

    private static Throwable root(Throwable e) {
        var found = e;
        for (var depth = 0; found.getCause() != null && depth < 20; depth++) {
            found = found.getCause();
        }
        return found;
    }

    /** The body ended before its length, or came too slowly: the rest is asked for again. */
    static UncheckedIOException cutOff(String why) {
        return new UncheckedIOException(new InterruptedIOException(why));
    }
}
