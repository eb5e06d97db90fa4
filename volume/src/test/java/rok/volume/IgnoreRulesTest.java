package rok.volume;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Git itself reads the same files, by {@code git ls-files --exclude-per-directory}, and must leave the same files over. */
class IgnoreRulesTest {
    private static final String[] NAMES = {
        "a", "b", "ab", "a.b", "foo", "foo.txt", "bar", "x y", "#c", "!d", "[e]", "z ", "f\\g"
    };
    private static final String[] PIECES = {
        "a", "b", "ab", "foo", "bar", ".txt", "*", "*", "**", "/", "/", "?", "[ab]", "[!a]", "[^b]", "[a-c]", "[]a]",
                "[[:alpha:]]",
        "[[:punct:]]", "[[:foo:]]", "[a-", "[z-a]", "\\*", "\\", "!", "#", " ", "\\ ", ".", "x y", "[[:x]", "[\\]]",
                "[--/]", "**/", "/**", "[a-\\c]"
    };

    @TempDir
    Path temporary;

    private Path folder;

    @BeforeEach
    void aRepository() throws Exception {
        folder = Files.createDirectory(temporary.resolve("tree"));
        run("git", "init", "-q", "--bare", temporary.resolve("git").toString());
    }

    @Test
    void theUsualPatternsMeanWhatTheyMeanInGit() throws Exception {
        files(
                "keep",
                "a.log",
                "sub/a.log",
                "sub/b.tmp",
                "build/out/x",
                "sub/build/x",
                "doc/x.pdf",
                "doc/deep/x.pdf",
                "keep.log");
        rules("", "*.log", "!keep.log", "/build/", "doc/*.pdf", "# not this", "sub/**/*.tmp");
        rules("sub", "!a.log");
        assertThat(walked())
                .isEqualTo(listedByGit())
                .contains("keep.log", "sub/a.log", "sub/build/x")
                .doesNotContain("a.log", "build/out/x");
    }

    @Test
    void randomPatternsMeanWhatTheyMeanInGit() throws Exception {
        compare(30);
    }

    @Test
    @Tag("slow")
    void manyMoreRandomPatternsMeanWhatTheyMeanInGit() throws Exception {
        compare(1500);
    }

    private void compare(int rounds) throws Exception {
        var seed = new Random().nextLong();
        System.out.println("seed " + seed);
        var random = new Random(seed);
        for (var round = 0; round < rounds; round++) {
            TreeRemoval.remove(folder);
            Files.createDirectory(folder);
            var rules = randomTree(random);
            assertThat(walked())
                    .as("seed %d, round %d, rules %s", seed, round, rules)
                    .isEqualTo(listedByGit());
        }
    }

    private List<String> randomTree(Random random) throws IOException {
        for (var i = 0; i < 80; i++) {
            var path = folder;
            for (var depth = random.nextInt(4); depth > 0 && !Files.isRegularFile(path); depth--) {
                path = path.resolve(NAMES[random.nextInt(NAMES.length)]);
            }
            var file = path.resolve(NAMES[random.nextInt(NAMES.length)]);
            if (!Files.isRegularFile(path) && !Files.exists(file)) {
                Files.createDirectories(path);
                Files.writeString(file, "");
            }
        }
        var all = new ArrayList<String>();
        try (var folders = Files.walk(folder)) {
            for (var at : folders.filter(Files::isDirectory).toList()) {
                if (at.equals(folder) || random.nextInt(4) == 0) {
                    var lines = randomLines(random);
                    all.add(folder.relativize(at) + ": " + Arrays.toString(lines));
                    rules(folder.relativize(at).toString(), lines);
                }
            }
        }
        return all;
    }

    private static String[] randomLines(Random random) {
        var lines = new String[1 + random.nextInt(12)];
        for (var i = 0; i < lines.length; i++) {
            var line = new StringBuilder(random.nextInt(5) == 0 ? "!" : "");
            for (var pieces = 1 + random.nextInt(5); pieces > 0; pieces--) {
                line.append(PIECES[random.nextInt(PIECES.length)]);
            }
            lines[i] = line.append(random.nextInt(10) == 0 ? "\r" : "").toString();
        }
        return lines;
    }

    private void files(String... paths) throws IOException {
        for (var path : paths) {
            Files.createDirectories(folder.resolve(path).getParent());
            Files.writeString(folder.resolve(path), path);
        }
    }

    private void rules(String at, String... lines) throws IOException {
        Files.writeString(folder.resolve(at).resolve(".rokignore"), String.join("\n", lines) + "\n");
    }

    private Set<String> walked() {
        var seen = new TreeSet<String>();
        try (var volume = DirectoryVolume.open(folder);
                var walk = volume.walk(WalkOptions.SNAPSHOT, warning -> {
                    throw new AssertionError(warning);
                })) {
            walk.forEachRemaining(event -> {
                if (event instanceof WalkEvent.Found found) {
                    seen.add(new String(found.entry().path().toArray(), StandardCharsets.UTF_8));
                }
            });
        }
        return seen;
    }

    private Set<String> listedByGit() throws Exception {
        var listed = run(
                "git",
                "--git-dir=" + temporary.resolve("git"),
                "--work-tree=" + folder,
                "-c",
                "core.bare=false",
                "ls-files",
                "-z",
                "--others",
                "--exclude-per-directory=.rokignore");
        var names = new TreeSet<>(Arrays.asList(listed.split("\0")));
        names.remove("");
        return names;
    }

    private String run(String... command) throws Exception {
        var process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return output;
    }
}
