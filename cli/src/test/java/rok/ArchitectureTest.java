package rok;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** The layering of the system: ARCHITECTURE.md holds the table, and the code does exactly what it says, both ways. */
class ArchitectureTest {
    private static final String ROOT = "rok";
    private static final Pattern ROW = Pattern.compile("^\\| `([a-z0-9]+)` \\| ([^|]*) \\|.*");
    private static final JavaClasses CLASSES =
            new ClassFileImporter().withImportOption(new DoNotIncludeTests()).importPackages(ROOT);

    /** Where each Java part of the outside world may be used, and nowhere else. */
    private static final Map<String, Set<String>> OUTSIDE = Map.of(
            "java.lang.foreign", Set.of("linux"),
            "com.fasterxml.jackson", Set.of("format", "notebook", "pipeline", "runner", "api", "gateway", "cli"),
            "io.airlift", Set.of("chunk"),
            "org.bouncycastle", Set.of("keys"),
            "javax.crypto", Set.of("cipher", "keys", "chunk"),
            "org.treesitter", Set.of("analysis"),
            "software.amazon", Set.of("s3"),
            "io.javalin", Set.of("gateway"),
            "picocli", Set.of("cli"));

    @Test
    void packagesUseExactlyWhatTheTableSays() throws IOException {
        var actual = new TreeMap<String, Set<String>>();
        for (var type : CLASSES) {
            var from = segment(type.getPackageName());
            var uses = actual.computeIfAbsent(from, _ -> new TreeSet<>());
            for (var dependency : type.getDirectDependenciesFromSelf()) {
                var to = segment(dependency.getTargetClass().getPackageName());
                if (!to.isEmpty() && !to.equals(from)) {
                    uses.add(to);
                }
            }
        }
        // The command wires everything: its row says so, and is not counted.
        actual.remove("cli");
        var table = table();
        assertThat(table.remove("cli")).containsExactly("all");
        assertThat(actual).isEqualTo(table);
    }

    @Test
    void packagesHaveNoCycles() {
        SlicesRuleDefinition.slices()
                .matching(ROOT + ".(*)..")
                .should()
                .beFreeOfCycles()
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    @Test
    void librariesStopWhereTheyShould() {
        for (var rule : OUTSIDE.entrySet()) {
            var users = new TreeSet<String>();
            for (var type : CLASSES) {
                for (var dependency : type.getDirectDependenciesFromSelf()) {
                    if (dependency.getTargetClass().getPackageName().startsWith(rule.getKey())) {
                        users.add(segment(type.getPackageName()));
                    }
                }
            }
            assertThat(rule.getValue())
                    .as("packages that may use " + rule.getKey())
                    .containsAll(users);
        }
    }

    @Test
    void everyPackageIsNullMarked() {
        assertThat(CLASSES.getPackage(ROOT).getSubpackagesInTree().stream()
                        .filter(p -> !p.getClasses().isEmpty())
                        .filter(p -> !p.isAnnotatedWith(NullMarked.class))
                        .map(JavaPackage::getName))
                .isEmpty();
    }

    private static Map<String, Set<String>> table() throws IOException {
        var rows = new TreeMap<String, Set<String>>();
        for (var line : Files.readAllLines(Path.of("..", "ARCHITECTURE.md"))) {
            var row = ROW.matcher(line);
            if (row.matches()) {
                var uses = new TreeSet<>(
                        Set.of(row.group(2).replaceAll("[—,]", " ").trim().split("\\s+")));
                uses.remove("");
                rows.put(row.group(1), uses);
            }
        }
        return rows;
    }

    private static String segment(String packageName) {
        if (!packageName.startsWith(ROOT + ".")) {
            return "";
        }
        var rest = packageName.substring(ROOT.length() + 1);
        var dot = rest.indexOf('.');
        return dot < 0 ? rest : rest.substring(0, dot);
    }
}
