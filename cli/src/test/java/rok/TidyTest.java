package rok;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the compiler does not see: words, links and leftovers, over every text file of the project. */
class TidyTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Set<String> NOT_OURS = Set.of(
            ".git", "target", "node_modules", "dist", ".build", "__pycache__", ".venv", ".mypy_cache", ".pytest_cache");
    private static final Pattern BANNED_ENDING = Pattern.compile(
            "\\b(?:class|record|interface|enum)\\s+(\\w+(?:Manager|Helper|Impl|Utils?|Common|Base|Service|Handler|Processor|Info|Data))\\b");
    /** Known words of the field that end so. */
    private static final Set<String> ALLOWED = Set.of("ObjectInfo");

    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#\\s]+)(?:#[^)]*)?\\)");
    private static final Pattern LEFT_OPEN = Pattern.compile("\\b(?:TO" + "DO|FIX" + "ME|XX" + "X)\\b");

    @Test
    void javaHasNoTabsAndNothingLeftOpen() {
        var found = new ArrayList<String>();
        for (var file : files(".java", ".py", ".ts", ".tsx", ".sh")) {
            var text = read(file);
            if (file.toString().endsWith(".java") && text.contains("\t")) {
                found.add(file + ": a tab");
            }
            if (LEFT_OPEN.matcher(text).find()) {
                found.add(file + ": something left open");
            }
        }
        assertThat(found).isEmpty();
    }

    @Test
    void classNamesSayWhatTheThingIs() {
        var found = new ArrayList<String>();
        for (var file : files(".java")) {
            if (file.toString().contains("/src/main/")) {
                BANNED_ENDING
                        .matcher(read(file))
                        .results()
                        .map(m -> m.group(1))
                        .filter(name -> !ALLOWED.contains(name))
                        .forEach(name -> found.add(file + ": " + name));
            }
        }
        assertThat(found).isEmpty();
    }

    @Test
    void everyLinkOfADocumentLeadsSomewhere() {
        var found = new ArrayList<String>();
        for (var file : files(".md")) {
            LINK.matcher(read(file))
                    .results()
                    .map(m -> m.group(1))
                    .filter(target -> !target.contains("://") && !target.startsWith("mailto:"))
                    .filter(target -> !Files.exists(file.resolveSibling(target).normalize()))
                    .forEach(target -> found.add(ROOT.relativize(file) + " → " + target));
        }
        assertThat(found).isEmpty();
    }

    @Test
    void everyPackageSaysWhatItIs() throws IOException {
        var found = new ArrayList<String>();
        try (var folders = Files.walk(ROOT, 7)) {
            for (var folder : folders.filter(p -> p.toString().contains("/src/main/java/rok/"))
                    .filter(Files::isDirectory)
                    .toList()) {
                if (folder.toString().contains("/target/") || folder.toString().contains("node_modules")) {
                    continue;
                }
                var description = folder.resolve("package-info.java");
                if (!Files.exists(description) || !read(description).startsWith("/**")) {
                    found.add(ROOT.relativize(folder).toString());
                }
            }
        }
        assertThat(found).isEmpty();
    }

    private static List<Path> files(String... endings) {
        var found = new ArrayList<Path>();
        collect(ROOT, List.of(endings), found);
        return found;
    }

    private static void collect(Path folder, List<String> endings, List<Path> found) {
        try (Stream<Path> entries = Files.list(folder)) {
            for (var entry : entries.sorted().toList()) {
                var name = entry.getFileName().toString();
                if (Files.isDirectory(entry) && !Files.isSymbolicLink(entry)) {
                    if (!NOT_OURS.contains(name)) {
                        collect(entry, endings, found);
                    }
                } else if (endings.stream().anyMatch(name::endsWith)) {
                    found.add(entry);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (MalformedInputException e) {
            throw new AssertionError(file + " is not UTF-8", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
