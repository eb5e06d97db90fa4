package rok.testkit;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * Feeds a reader broken bytes and says at which it did anything but read them or name them as broken. What execution
 * number n does follows from the seed and n alone, so a failure is seen again by the two numbers that it tells:
 * {@code -Drok.fuzz.seed=S -Drok.fuzz.execution=N}. {@code -Drok.fuzz.seconds=S} goes on for so long, with other seeds.
 */
public final class Fuzz {
    private static final long SEED = 0x526f6b;
    private static final int EXECUTIONS = 1000;
    /** Not a measure of speed: what takes this long does not end by itself. */
    private static final long HANGS_AFTER_NANOS = TimeUnit.SECONDS.toNanos(20);

    private final String name;
    private final Set<Class<? extends RuntimeException>> refusals;
    private final long bytesMax;

    /**
     * @param refusals how the reader says that it does not take the bytes
     * @param bytesMax what it may allocate for one input, whatever that says of its lengths
     */
    public Fuzz(String name, Set<Class<? extends RuntimeException>> refusals, long bytesMax) {
        this.name = name;
        this.refusals = refusals;
        this.bytesMax = bytesMax;
    }

    /** Reads what it is given, and throws an {@link AssertionError} where the reader gives something wrong. */
    @FunctionalInterface
    public interface Target {
        void read(byte[] input, RandomGenerator random) throws Exception;
    }

    /** Makes checksums right again, so that what lies behind them is reached. */
    @FunctionalInterface
    public interface Repair {
        Repair NONE = (bytes, _) -> bytes;

        byte[] repaired(byte[] broken, RandomGenerator random);
    }

    /** Breaks each of the {@code good} inputs again and again; seven of eight are repaired. */
    public void run(List<byte[]> good, Repair repair, Target target) {
        var seed = Long.getLong("rok.fuzz.seed", SEED);
        var only = Long.getLong("rok.fuzz.execution", -1);
        if (only >= 0) {
            execute(seed, only, good, repair, target);
            return;
        }
        var until = System.nanoTime() + TimeUnit.SECONDS.toNanos(Long.getLong("rok.fuzz.seconds", 0));
        var done = 0L;
        var refused = 0L;
        for (; done < EXECUTIONS || System.nanoTime() < until; done++) {
            refused += execute(seed, done, good, repair, target) ? 1 : 0;
        }
        System.out.printf("fuzz %s: seed %d, %,d executions, %,d refused%n", name, seed, done, refused);
        if (refused == 0 || refused == done) {
            throw new AssertionError("%s refused %d of %d inputs: the mutations miss".formatted(name, refused, done));
        }
    }

    private boolean execute(long seed, long execution, List<byte[]> good, Repair repair, Target target) {
        var random = new SplittableRandom(seed * 31 + execution * 0x9e37_79b9_7f4a_7c15L);
        var mutations = new Mutations(random);
        var bytes = mutations.of(good.get(random.nextInt(good.size())), good.get(random.nextInt(good.size())));
        var input = random.nextInt(8) == 0 ? bytes : repair.repaired(bytes, random);
        var allocated = allocated();
        var started = System.nanoTime();
        var refused = false;
        try {
            target.read(input, random);
        } catch (Exception | Error e) {
            refused = refusals.stream().anyMatch(kind -> kind.isInstance(e));
            if (!refused) {
                throw new AssertionError(found(seed, execution, input, "threw " + e), e);
            }
        }
        if (System.nanoTime() - started > HANGS_AFTER_NANOS) {
            throw new AssertionError(found(seed, execution, input, "took more than 20 s"));
        }
        var took = allocated() - allocated;
        if (took > bytesMax) {
            throw new AssertionError(found(seed, execution, input, "allocated %,d bytes".formatted(took)));
        }
        return refused;
    }

    private String found(long seed, long execution, byte[] input, String what) {
        var shown = Base64.getEncoder().encodeToString(input);
        return "%s %s (-Drok.fuzz.seed=%d -Drok.fuzz.execution=%d), at %d bytes: %s"
                .formatted(
                        name, what, seed, execution, input.length, shown.substring(0, Math.min(4000, shown.length())));
    }

    private static long allocated() {
        return ManagementFactory.getPlatformMXBean(ThreadMXBean.class).getCurrentThreadAllocatedBytes();
    }
}
