package rok.runner;

import java.nio.file.Path;
import java.util.Optional;

/** The steps' Python in the cache folder, made once for all tests of this machine. */
final class TestPython {
    private TestPython() {}

    static PythonEnvironment environment() throws InterruptedException {
        return PythonEnvironment.prepare(cache().resolve("python"), line -> System.err.println("python: " + line));
    }

    private static Path cache() {
        var cache = Optional.ofNullable(System.getenv("ROK_TEST_CACHE"));
        var xdg = Optional.ofNullable(System.getenv("XDG_CACHE_HOME")).filter(s -> !s.isEmpty());
        return cache.map(Path::of)
                .orElseGet(() -> xdg.map(Path::of)
                        .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache"))
                        .resolve("rok")
                        .resolve("test"));
    }
}
