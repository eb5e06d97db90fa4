package rok.repository;

import java.security.SecureRandom;
import java.util.random.RandomGenerator;

/** The system's randomness, set up by the first who needs some: readers need none. */
final class SystemRandom implements RandomGenerator {
    @Override
    public long nextLong() {
        return Holder.RANDOM.nextLong();
    }

    private static final class Holder {
        private static final SecureRandom RANDOM = new SecureRandom();
    }
}
