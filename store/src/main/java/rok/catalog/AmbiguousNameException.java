package rok.catalog;

import java.util.List;

/** A text names several versions: the user says more of it. */
public final class AmbiguousNameException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int SHOWN_MAX = 10;

    AmbiguousNameException(String text, List<String> candidates) {
        super("'%s' can mean %d versions: %s%s"
                .formatted(
                        text,
                        candidates.size(),
                        String.join(", ", candidates.subList(0, Math.min(SHOWN_MAX, candidates.size()))),
                        candidates.size() > SHOWN_MAX ? ", …" : ""));
    }
}
