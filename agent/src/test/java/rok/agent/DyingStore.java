package rok.agent;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import rok.object.ObjectKey;
import rok.object.ObjectStore;

/** A store whose user is killed at one of the calls that change something: from then on nothing happens any more. */
final class DyingStore extends ForwardingStore {
    private final int diesAt;
    private final AtomicInteger changes = new AtomicInteger();

    /** @param diesAt the number of the change that is the last, from 0; whether it happens or not depends on its parity */
    DyingStore(ObjectStore store, int diesAt) {
        super(store);
        this.diesAt = diesAt;
    }

    /** Not an exception that anybody handles. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    int changes() {
        return changes.get();
    }

    private void change(Runnable action) {
        var number = changes.getAndIncrement();
        if (number < diesAt || (number == diesAt && diesAt % 2 == 1)) {
            action.run();
        }
        if (number >= diesAt) {
            throw new Killed();
        }
    }

    @Override
    public PutResult put(ObjectKey key, ByteBuffer content, Condition condition) {
        var result = new PutResult[1];
        change(() -> result[0] = behind.put(key, content, condition));
        return result[0];
    }

    @Override
    public void delete(ObjectKey key) {
        change(() -> behind.delete(key));
    }
}
