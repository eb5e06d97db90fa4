package rok.gateway;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.javalin.http.Context;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import rok.format.StoreException;

/**
 * An answer that says what is wrong (RFC 9457). {@code detail} names the thing, {@code hint} says what to do.
 *
 * @param code for programs: the codes of docs/reference/openapi.yaml
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Problem(
        String title,
        int status,
        String detail,
        String code,
        @Nullable String hint) {
    static final String TYPE = "application/problem+json";

    /** Thrown where a request can't be answered; what stands in the answer. */
    static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient Problem problem;

        Refused(Problem problem) {
            super(problem.detail(), null, false, false);
            this.problem = problem;
        }

        Problem problem() {
            return problem;
        }
    }

    static Refused usage(String detail) {
        return new Refused(new Problem("Bad request", 400, detail, "usage", null));
    }

    static Refused missing(String detail, String hint) {
        return new Refused(new Problem("Not found", 404, detail, "not-found", hint));
    }

    static Problem of(StoreException failure) {
        var detail = Optional.ofNullable(failure.getMessage()).orElse("The store gave no reason");
        return switch (failure) {
            case StoreException.Missing _ -> new Problem("Not found", 404, detail, "not-found", null);
            case StoreException.Corrupt _ ->
                new Problem("Damaged", 500, detail, "damaged", "The rest of the store stays readable.");
            case StoreException.Unavailable _ ->
                new Problem("Unavailable", 503, detail, "unavailable", "Try again in a moment.");
            case StoreException.Denied _ ->
                new Problem(
                        "Denied",
                        403,
                        detail,
                        "denied",
                        "Look at the owner and the permissions of the store's folder.");
            case StoreException.Locked _ ->
                new Problem("Locked", 403, detail, "locked", "Start rok serve again with a key of this store.");
            case StoreException.Incompatible _ ->
                new Problem(
                        "Incompatible",
                        500,
                        detail,
                        "incompatible",
                        "Use the version of rok that wrote this store, or a later one.");
        };
    }

    void send(Context context) {
        context.status(status)
                .header("Cache-Control", "no-store")
                .contentType(TYPE)
                .result(RestJson.bytes(this));
    }
}
