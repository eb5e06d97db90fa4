package rok.check;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import rok.object.MemoryObjectStore;
import rok.object.ObjectStore;
import rok.pack.PackName;

/** What is kept of the one pack of docs/format/verified.md. */
public final class VerifiedBytes {
    private VerifiedBytes() {}

    public static byte[] of(Path folder) throws IOException {
        var store = new MemoryObjectStore();
        var pack = PackName.parse("000102030405060708090a0b0c0d0e0f");
        store.put(pack.key(), ByteBuffer.allocate(1), new ObjectStore.Condition.IfAbsent());
        var packs = PackList.of(store, _ -> {});
        new Verified(folder).keep(packs, new long[] {1_700_000_000});
        return Files.readAllBytes(folder.resolve(Verified.FILE));
    }
}
