package rok.check;

/** Something worth knowing that costs nobody anything: what crashes and other programs leave. */
public record Note(String object, String text) {}
