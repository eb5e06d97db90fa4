package rok.notebook;

/** What one tag says about a cell. The grammar is in docs/reference/notebooks.md. */
public sealed interface CellTag {
    /** A tag that gives the whole cell a role and makes its other tags count for nothing. */
    enum Role implements CellTag {
        SKIP("skip"),
        IMPORTS("imports"),
        FUNCTIONS("functions"),
        PARAMETERS("pipeline-parameters"),
        METRICS("pipeline-metrics");

        private final String text;

        Role(String text) {
            this.text = text;
        }

        /** The tag as it is written. */
        public String text() {
            return text;
        }
    }

    /** {@code step:name} or {@code block:name}; an empty name continues the step before. */
    record StepName(String name) implements CellTag {}

    /** {@code prev:step}: the cell's step runs after that one. */
    record Prev(String step) implements CellTag {}

    /** {@code annotation:key:value} on the step's pod. */
    record Annotation(String key, String value) implements CellTag {}

    /** {@code label:key:value} on the step's pod. */
    record Label(String key, String value) implements CellTag {}

    /** {@code limit:resource:quantity}. */
    record Limit(String resource, String quantity) implements CellTag {}

    /** {@code image:ref}: the step's container image. */
    record Image(String reference) implements CellTag {}

    /** {@code secret:secret:key:VARIABLE}: an environment variable filled from a secret. */
    record Secret(String secret, String key, String variable) implements CellTag {}

    /** {@code cache:}, {@code report:} or {@code snapshot:}, each {@code enabled} or {@code disabled}. */
    record Switch(Feature feature, boolean enabled) implements CellTag {}

    /** What a {@link Switch} turns on and off. */
    enum Feature {
        CACHE,
        REPORT,
        SNAPSHOT
    }
}
