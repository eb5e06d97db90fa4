package rok.runner;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import rok.pipeline.Pipeline;

/** Values for a pipeline's parameters: the notebook's own, unless others were given, each of the type that the notebook says. */
public final class Parameters {
    private Parameters() {}

    /**
     * Reads {@code name=value} pairs.
     *
     * @throws RunException naming the parameter, what was found and what is expected
     */
    public static Map<String, Object> of(Pipeline pipeline, Map<String, String> given) {
        var values = new LinkedHashMap<String, Object>();
        for (var parameter : pipeline.parameters()) {
            var text = given.get(parameter.name());
            values.put(parameter.name(), text == null ? parameter.defaultValue() : value(parameter, text));
        }
        for (var name : given.keySet()) {
            if (!values.containsKey(name)) {
                throw new RunException(
                        "The notebook has no parameter '%s'".formatted(name), "It has " + list(pipeline.parameters()));
            }
        }
        return values;
    }

    private static Object value(Pipeline.Parameter parameter, String text) {
        try {
            return switch (parameter.type()) {
                case "int" -> new java.math.BigInteger(text.strip());
                case "float" -> floating(text.strip());
                case "bool" -> bool(text.strip());
                default -> text;
            };
        } catch (IllegalArgumentException e) {
            throw new RunException(
                    "The parameter '%s' is of type %s, and '%s' is not"
                            .formatted(parameter.name(), parameter.type(), text),
                    "For example: --param %s=%s".formatted(parameter.name(), parameter.defaultValue()),
                    e);
        }
    }

    private static Double floating(String text) {
        if (!text.matches("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?")) {
            throw new IllegalArgumentException(text);
        }
        return Double.valueOf(text);
    }

    private static Boolean bool(String text) {
        return switch (text) {
            case "true", "True", "TRUE", "1", "yes", "on" -> true;
            case "false", "False", "FALSE", "0", "no", "off" -> false;
            default -> throw new IllegalArgumentException(text);
        };
    }

    private static String list(List<Pipeline.Parameter> parameters) {
        return parameters.isEmpty()
                ? "none: tag a cell 'pipeline-parameters' and assign them there"
                : parameters.stream().map(p -> p.name() + " (" + p.type() + ")").collect(Collectors.joining(", "));
    }
}
