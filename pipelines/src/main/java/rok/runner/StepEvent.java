package rok.runner;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the driver of a step says; docs/reference/step-protocol.md tells each. Those that nobody here needs are {@link Other}. */
sealed interface StepEvent {
    /** How the step sees its volumes: at their mount points ({@code private}) or not ({@code plain}, with the reason). */
    record Mounts(String mode, String reason, Map<String, String> volumes, List<String> created) implements StepEvent {}

    record CellStarted(int index, int cells, String kind, int cell) implements StepEvent {}

    record CellFinished(int index, int cell, boolean ok, double seconds) implements StepEvent {}

    record Text(String stream, String text) implements StepEvent {}

    /** A value was {@code saved} or {@code loaded}. */
    record Variable(String verb, String name, String type, long bytes) implements StepEvent {}

    /** {@code value} is a number, or {@code nan}, {@code inf}, {@code -inf}. */
    record Metric(String name, Object value) implements StepEvent {}

    record Warning(String message) implements StepEvent {}

    record Failed(int cell, String name, String message, String traceback) implements StepEvent {}

    record Frozen(boolean complete) implements StepEvent {}

    record Finished(String state, double seconds) implements StepEvent {}

    record Other(String event) implements StepEvent {}

    /** Reads one line. */
    static StepEvent parse(ObjectMapper json, byte[] line) throws JsonProcessingException {
        JsonNode node;
        try {
            node = json.readTree(line);
        } catch (JsonProcessingException e) {
            throw e;
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        var event = node.path("event").asText();
        return switch (event) {
            case "mounts" ->
                new Mounts(
                        text(node, "mode"),
                        text(node, "reason"),
                        texts(node.path("volumes")),
                        items(node.path("created")));
            case "cell-started" ->
                new CellStarted(number(node, "index"), number(node, "cells"), text(node, "kind"), number(node, "cell"));
            case "cell-finished" ->
                new CellFinished(
                        number(node, "index"),
                        number(node, "cell"),
                        node.path("ok").asBoolean(),
                        node.path("seconds").asDouble());
            case "text" -> new Text(text(node, "stream"), text(node, "text"));
            case "saved", "loaded" ->
                new Variable(
                        event,
                        text(node, "name"),
                        text(node, "type"),
                        node.path("bytes").asLong());
            case "metric" ->
                new Metric(
                        text(node, "name"),
                        node.path("value").isNumber()
                                ? (Object) node.path("value").asDouble()
                                : text(node, "value"));
            case "warning" -> new Warning(text(node, "message"));
            case "failed" ->
                new Failed(number(node, "cell"), text(node, "name"), text(node, "message"), text(node, "traceback"));
            case "frozen" -> new Frozen(node.path("complete").asBoolean());
            case "finished" ->
                new Finished(text(node, "state"), node.path("seconds").asDouble());
            default -> new Other(event);
        };
    }

    private static String text(JsonNode node, String name) {
        return node.path(name).asText();
    }

    private static int number(JsonNode node, String name) {
        return node.path(name).asInt();
    }

    private static Map<String, String> texts(JsonNode node) {
        var texts = new LinkedHashMap<String, String>();
        node.properties()
                .forEach(field -> texts.put(field.getKey(), field.getValue().asText()));
        return texts;
    }

    private static List<String> items(JsonNode node) {
        var items = new ArrayList<String>();
        node.forEach(item -> items.add(item.asText()));
        return items;
    }
}
