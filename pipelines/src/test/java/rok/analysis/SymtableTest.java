package rok.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Our scopes against those of CPython's own compiler, name by name, over the standard library that comes with it. */
class SymtableTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Scopes that Python names itself; it counts the lines of those inside f-strings wrongly. */
    private static final Set<String> UNNAMED = Set.of("top", "lambda", "listcomp", "setcomp", "dictcomp", "genexpr");

    private final PythonParser parser = new TreeSitterParser();

    @Test
    void everyTwentiethModuleOfTheStandardLibraryHasTheNamesThatPythonSays() throws Exception {
        var files = standardLibrary().stream()
                .filter(p -> !p.toString().contains("/test"))
                .toList();
        var some = new ArrayList<Path>();
        for (var i = 0; i < files.size(); i += 20) {
            some.add(files.get(i));
        }
        compare(some);
    }

    @Test
    @Tag("slow")
    void theWholeStandardLibraryHasTheNamesThatPythonSays() throws Exception {
        compare(standardLibrary());
    }

    private void compare(List<Path> files) throws Exception {
        var differences = new ArrayList<String>();
        var compared = 0;
        var list = Files.createTempFile("files", ".txt");
        Files.write(list, files.stream().map(Path::toString).toList());
        try (var python = new Python(list)) {
            for (var line = python.out.readLine(); line != null; line = python.out.readLine()) {
                var answer = JSON.readTree(line);
                if (answer.get(2).isTextual()) {
                    continue;
                }
                compared++;
                difference(answer).ifPresent(differences::add);
            }
        } finally {
            Files.delete(list);
        }
        System.out.println(compared + " files compared, " + differences.size() + " differ");
        assertThat(differences).isEmpty();
        assertThat(compared).isGreaterThan(files.size() * 9 / 10);
    }

    private Optional<String> difference(JsonNode answer) {
        var path = answer.get(0).asText();
        try {
            var ours = ScopeBuilder.of(List.of(parser.parse(answer.get(1).asText())))
                    .module();
            var wanted = flatten(answer.get(2));
            var found = flatten(ours);
            if (wanted.equals(found)) {
                return Optional.empty();
            }
            var message = new StringBuilder(path);
            wanted.stream()
                    .filter(s -> !found.contains(s))
                    .limit(3)
                    .forEach(s -> message.append("\n  python ").append(s));
            found.stream()
                    .filter(s -> !wanted.contains(s))
                    .limit(3)
                    .forEach(s -> message.append("\n  ours   ").append(s));
            return Optional.of(message.toString());
        } catch (PythonSyntaxException e) {
            return Optional.of(path + ":" + e.line() + ": " + e.getMessage());
        }
    }

    /** Every scope as one line, sorted, since the order of scopes within one is no promise of ours. */
    private static List<String> flatten(JsonNode scope) {
        var all = new ArrayList<String>();
        flatten(scope, "", all);
        all.sort(null);
        return all;
    }

    private static void flatten(JsonNode scope, String outer, List<String> all) {
        var name = scope.get(1).asText();
        var isNamed = !List.of("lambda", "listcomp", "setcomp", "dictcomp", "genexpr", "top")
                .contains(name);
        var path = outer + "/" + name + (isNamed ? ":" + scope.get(2).asInt() : "");
        var symbols = new TreeMap<String, String>();
        for (var symbol : scope.get(3).properties()) {
            symbols.put(
                    symbol.getKey(),
                    symbol.getValue().get(0).asText() + " "
                            + symbol.getValue().get(1).asInt());
        }
        all.add(path + " " + symbols);
        for (var child : scope.get(4)) {
            flatten(child, path, all);
        }
    }

    static List<String> flatten(Scope scope) {
        var all = new ArrayList<String>();
        flatten(scope, "", all);
        all.sort(null);
        return all;
    }

    private static void flatten(Scope scope, String outer, List<String> all) {
        var isNamed = !UNNAMED.contains(scope.name());
        var path = outer + "/" + scope.name() + (isNamed ? ":" + scope.line() : "");
        var symbols = new TreeMap<String, String>();
        for (var symbol : scope.meanings().entrySet()) {
            symbols.put(symbol.getKey(), symbol.getValue() + " " + scope.flags(symbol.getKey()));
        }
        all.add(path + " " + symbols);
        for (var child : scope.children()) {
            flatten(child, path, all);
        }
    }

    private static List<Path> standardLibrary() throws Exception {
        var process = new ProcessBuilder(
                        "python3",
                        "-c",
                        "import sys, sysconfig; print(sys.version_info[1], sysconfig.get_path('stdlib'))")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        var answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        process.waitFor();
        // From 3.12 on CPython reports comprehensions as part of the scope that they are inlined into.
        var minor = Integer.parseInt(answer.substring(0, answer.indexOf(' ')));
        Assumptions.assumeTrue(minor >= 8 && minor <= 11, "python3 on the PATH is 3." + minor);
        var root = Path.of(answer.substring(answer.indexOf(' ') + 1));
        try (var files = Files.walk(root)) {
            return files.filter(p -> p.toString().endsWith(".py"))
                    .filter(p -> !p.toString().contains("site-packages"))
                    .sorted()
                    .toList();
        }
    }

    /** A Python process that answers for the files of a list. */
    private static final class Python implements AutoCloseable {
        private final Process process;
        final BufferedReader out;

        Python(Path list) throws IOException {
            var script = new String(
                    SymtableTest.class.getResourceAsStream("symbols.py").readAllBytes(), StandardCharsets.UTF_8);
            process = new ProcessBuilder("python3", "-c", script)
                    .redirectInput(list.toFile())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        }

        @Override
        public void close() {
            process.destroy();
        }
    }
}
