package rok.notebook;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import rok.notebook.CellTag.Feature;
import rok.notebook.CellTag.Role;

/** Reads one tag. */
final class TagGrammar {
    /** Longer tags are refused: nothing that a step carries comes near. */
    static final int MAX_LENGTH = 4096;

    private static final Pattern STEP = Pattern.compile("(?:step|block):([_a-z][_a-z0-9]*)?");
    private static final Pattern PREV = Pattern.compile("prev:([_a-z][_a-z0-9]*)");
    private static final String NAME = "[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?";
    private static final String DOMAIN = "[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?";
    private static final Pattern KEYED =
            Pattern.compile("(annotation|label):((?:" + DOMAIN + "/)?" + NAME + "):(.*)", Pattern.DOTALL);
    private static final Pattern LIMIT = Pattern.compile("limit:([-_a-z./]+):([_a-zA-Z0-9.]+)");
    private static final Pattern IMAGE = Pattern.compile("image:(\\S+)");
    private static final Pattern SWITCH = Pattern.compile("(cache|report|snapshot):(enabled|disabled)");
    private static final Pattern SECRET =
            Pattern.compile("secret:([a-z0-9][-a-z0-9.]*):([-._a-zA-Z0-9]+):([A-Za-z_][A-Za-z0-9_]*)");

    private TagGrammar() {}

    static Optional<CellTag> parse(String text) {
        if (text.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        for (var role : Role.values()) {
            if (role.text().equals(text)) {
                return Optional.of(role);
            }
        }
        return structure(text).or(() -> settings(text));
    }

    private static Optional<CellTag> structure(String text) {
        var step = STEP.matcher(text);
        if (step.matches()) {
            return Optional.of(new CellTag.StepName(step.group(1) == null ? "" : step.group(1)));
        }
        var prev = PREV.matcher(text);
        return prev.matches() ? Optional.of(new CellTag.Prev(prev.group(1))) : Optional.empty();
    }

    private static Optional<CellTag> settings(String text) {
        var keyed = KEYED.matcher(text);
        if (keyed.matches()) {
            return Optional.of(
                    keyed.group(1).equals("label")
                            ? new CellTag.Label(keyed.group(2), keyed.group(3))
                            : new CellTag.Annotation(keyed.group(2), keyed.group(3)));
        }
        var limit = LIMIT.matcher(text);
        if (limit.matches()) {
            return Optional.of(new CellTag.Limit(limit.group(1), limit.group(2)));
        }
        var image = IMAGE.matcher(text);
        if (image.matches()) {
            return Optional.of(new CellTag.Image(image.group(1)));
        }
        var change = SWITCH.matcher(text);
        if (change.matches()) {
            var feature = Feature.valueOf(change.group(1).toUpperCase(Locale.ROOT));
            return Optional.of(new CellTag.Switch(feature, change.group(2).equals("enabled")));
        }
        var secret = SECRET.matcher(text);
        return secret.matches()
                ? Optional.of(new CellTag.Secret(secret.group(1), secret.group(2), secret.group(3)))
                : Optional.empty();
    }

    /** What to write instead of a tag that {@link #parse} does not know. */
    static String advice(String text) {
        var colon = text.indexOf(':');
        var kind = colon < 0 ? text : text.substring(0, colon);
        return switch (kind) {
            case "step", "block", "prev" ->
                "a step's name has lower case letters, digits and _ and starts with a letter or _: "
                        + (kind + ":" + stepName(text.substring(colon + 1)));
            case "annotation", "label" -> "write " + kind + ":KEY:VALUE, KEY as Kubernetes wants it";
            case "limit" -> "write limit:RESOURCE:QUANTITY, as in limit:nvidia.com/gpu:1 or limit:memory:2Gi";
            case "image" -> "write image:REFERENCE, as in image:python:3.12";
            case "cache", "report", "snapshot" -> "write " + kind + ":enabled or " + kind + ":disabled";
            case "secret" -> "write secret:SECRET:KEY:VARIABLE";
            default ->
                Spelling.closest(kind, KINDS)
                        .map(known -> "did you mean " + (colon < 0 ? known : known + text.substring(colon)) + "?")
                        .orElse("remove the tag, or tag the cell skip if the pipeline does not need it");
        };
    }

    private static final List<String> KINDS = List.of(
            "skip",
            "imports",
            "functions",
            "pipeline-parameters",
            "pipeline-metrics",
            "step",
            "block",
            "prev",
            "annotation",
            "label",
            "limit",
            "image",
            "cache",
            "report",
            "snapshot",
            "secret");

    private static String stepName(String wrong) {
        var name = wrong.strip().toLowerCase(Locale.ROOT).replaceAll("[^_a-z0-9]+", "_");
        if (name.length() > 60) {
            name = name.substring(0, 60);
        }
        return name.isEmpty() || Character.isDigit(name.charAt(0)) ? "step_" + name : name;
    }
}
