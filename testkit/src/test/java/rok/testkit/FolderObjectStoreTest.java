package rok.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rok.object.FolderObjectStore;
import rok.object.ObjectKey;
import rok.object.ObjectStore;
import rok.object.ObjectStore.Condition;

class FolderObjectStoreTest extends ObjectStoreContract {
    @TempDir
    Path folder;

    @Override
    protected ObjectStore open() {
        return new FolderObjectStore(folder.resolve("store"));
    }

    @Test
    void temporaryFilesOfADeadProcessGoAndThoseOfALiveOneStay() throws IOException {
        var root = folder.resolve("store");
        var dead = Files.createDirectories(root.resolve(".store/tmp/4711-0"));
        Files.write(dead.resolve("owner"), new byte[0]);
        Files.write(dead.resolve("17"), new byte[1000]);
        try (var first = new FolderObjectStore(root);
                var second = new FolderObjectStore(root)) {
            first.put(new ObjectKey("a"), ByteBuffer.allocate(1), new Condition.IfAbsent());
            assertThat(dead).doesNotExist();
            second.put(new ObjectKey("b"), ByteBuffer.allocate(1), new Condition.IfAbsent());
            first.put(new ObjectKey("c"), ByteBuffer.allocate(1), new Condition.IfAbsent());
            try (var left = Files.list(root.resolve(".store/tmp"))) {
                assertThat(left).hasSize(1);
            }
        }
        try (var left = Files.list(root.resolve(".store/tmp"))) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void foreignFilesAreNoObjects() throws IOException {
        var root = folder.resolve("store");
        Files.createDirectories(root.resolve("packs/with space"));
        Files.writeString(root.resolve("packs/with space/x"), "x");
        Files.writeString(root.resolve("packs/ä"), "x");
        Files.createSymbolicLink(root.resolve("packs/dangling"), Path.of("nowhere"));
        try (var store = new FolderObjectStore(root)) {
            store.put(new ObjectKey("packs/a"), ByteBuffer.allocate(1), new Condition.IfAbsent());
            try (var listed = store.list(new ObjectKey("packs/"))) {
                assertThat(listed.map(info -> info.key().value())).containsExactly("packs/a");
            }
        }
    }

    @Test
    void keysOfTheStoresOwnFolderAreReserved() {
        try (var store = open()) {
            assertThatThrownBy(() -> store.read(new ObjectKey(".store/locks")))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aFolderThatIsNotThereIsAnEmptyStoreUntilThePut() {
        try (var store = new FolderObjectStore(folder.resolve("not/there/yet"))) {
            assertThat(store.isEmpty()).isTrue();
            assertThat(store.read(new ObjectKey("a"))).isEmpty();
            try (var listed = store.list(new ObjectKey("a"))) {
                assertThat(listed).isEmpty();
            }
            assertThat(folder.resolve("not")).doesNotExist();
            store.put(new ObjectKey("a"), ByteBuffer.allocate(1), new Condition.IfAbsent());
            assertThat(folder.resolve("not/there/yet/a")).exists();
        }
    }
}
