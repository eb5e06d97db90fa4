package rok.api;

/** How far the writer of a version has come: 0 to 100, and a line for people. */
public record ProgressDocument(int percent, String message) {}
