package rok.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FreezerTest {
    private final Freezer freezer = new Freezer();

    /** What tells of the folders also brings the answer that the version waits for. */
    @Test
    void foldersAreRememberedWhileAVersionIsTaken(@TempDir Path folder) throws Exception {
        var first = Files.createDirectories(folder.resolve("home/jovyan"));
        var kept = Files.createDirectories(folder.resolve("home/data"));
        Files.writeString(kept.resolve("file"), "of a step");

        freezer.still(
                () -> {
                    var told = CompletableFuture.runAsync(() -> freezer.made(
                            List.of(folder.resolve("home").toString(), first.toString(), kept.toString())));
                    assertThat(told).succeedsWithin(1, TimeUnit.MINUTES);
                    return told;
                },
                () -> {});
        assertThat(first).exists();

        freezer.still(() -> "", () -> {});
        assertThat(first).doesNotExist();
        assertThat(kept.resolve("file")).hasContent("of a step");
    }
}
