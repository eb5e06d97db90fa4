package rok.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import rok.catalog.Version;

/** Bytes: {@code logical} as a user counts them, {@code new} not in the store before, {@code stored} what it grew by. */
public record SizeDocument(
        long logical, @JsonProperty("new") long fresh, long stored) {
    public static SizeDocument of(Version.Size size) {
        return new SizeDocument(size.logical(), size.fresh(), size.stored());
    }
}
