package rok.names;

/** A name, checked where it is made. */
public record VersionId(String value) {}
