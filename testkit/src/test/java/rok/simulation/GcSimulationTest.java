package rok.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The store under simulation: {@code -Drok.simulation.steps=1000000 -Drok.simulation.seed=7} runs longer, or one seed
 * again.
 */
class GcSimulationTest {
    private static final long STEPS = Long.getLong("rok.simulation.steps", 60_000);
    private static final long SEED = Long.getLong("rok.simulation.seed", 1);
    private static final long STEPS_OF_A_SEED = 20_000;
    private static final int SEEDS_OF_A_MUTATION = 40;
    /** Most repairs end with an answer that was lost, or with damage that came meanwhile: by then one has come to its end. */
    private static final int SEEDS_OF_A_REPAIR = 20;

    @TempDir
    Path cache;

    @Test
    void everyCommittedVersionReadsBackWhateverHappens() throws Exception {
        assertTrue(commits(Kind.OPEN) > 0, "nothing was committed");
    }

    @ParameterizedTest
    @EnumSource(value = Kind.class, names = "OPEN", mode = EnumSource.Mode.EXCLUDE)
    void noLessWhereItIsEncryptedAndKeysChange(Kind kind) throws Exception {
        assertTrue(commits(kind) > 0, "nothing was committed");
    }

    private long commits(Kind kind) throws Exception {
        var commits = 0L;
        for (var seed = SEED; (seed - SEED) * STEPS_OF_A_SEED < STEPS; seed++) {
            commits += run(seed, Mutation.NONE, kind, STEPS_OF_A_SEED);
        }
        return commits;
    }

    /** Two repairs beside everybody else, of what something breaks all the time: nothing is lost by them. */
    @ParameterizedTest
    @MethodSource("damagesOfAllKinds")
    void repairsLoseNothing(StoreWorld.Damages damages, Kind kind) throws Exception {
        var repairs = 0L;
        for (var seed = SEED;
                (seed - SEED) * STEPS_OF_A_SEED < STEPS || (repairs == 0 && seed - SEED < SEEDS_OF_A_REPAIR);
                seed++) {
            var world = new StoreWorld(seed, SimulatedStore.Faults.SOME, Mutation.NONE, kind, cache, damages);
            try {
                world.simulation.run(STEPS_OF_A_SEED);
                world.checkRepaired();
                world.check();
                world.checkGarbage();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(
                        "%s, seed %d, %s: %s %s".formatted(damages, seed, kind, e.getMessage(), world.counts()), e);
            }
            tell(seed, kind, world);
            repairs += world.counts().getOrDefault("repaired", 0L);
        }
        assertTrue(repairs > 0, "nothing was repaired");
    }

    static Stream<Arguments> damagesOfAllKinds() {
        return Stream.of(StoreWorld.Damages.UNSEEN, StoreWorld.Damages.SEEN)
                .flatMap(damages -> Stream.of(Kind.values()).map(kind -> Arguments.of(damages, kind)));
    }

    private static void tell(long seed, Kind kind, StoreWorld world) {
        if (Boolean.getBoolean("rok.simulation.tell")) {
            System.out.printf("seed %d, %s: %s%n", seed, kind, world.counts());
        }
    }

    @Test
    void aSeedTellsTheSameStoryAgain() throws Exception {
        assertEquals(story(5, Kind.OPEN), story(5, Kind.OPEN));
        assertEquals(story(5, Kind.ENCRYPTED_BY_ACCOUNT), story(5, Kind.ENCRYPTED_BY_ACCOUNT));
    }

    private String story(long seed, Kind kind) throws Exception {
        var world = new StoreWorld(seed, SimulatedStore.Faults.SOME, Mutation.NONE, kind, cache);
        world.simulation.run(5_000);
        return world.simulation.now() + " " + world.counts();
    }

    @ParameterizedTest
    @EnumSource(value = Mutation.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void eachBrokenRuleIsNoticed(Mutation mutation) {
        eachBrokenRuleIsNoticed(mutation, Kind.OPEN);
    }

    @ParameterizedTest
    @EnumSource(value = Mutation.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void eachBrokenRuleIsNoticedWhereItIsEncrypted(Mutation mutation) {
        eachBrokenRuleIsNoticed(mutation, Kind.ENCRYPTED_BY_ACCOUNT);
    }

    private void eachBrokenRuleIsNoticed(Mutation mutation, Kind kind) {
        var noticed = assertThrows(
                AssertionError.class,
                () -> {
                    for (var seed = SEED; seed < SEED + SEEDS_OF_A_MUTATION; seed++) {
                        run(seed, mutation, kind, STEPS_OF_A_SEED);
                    }
                },
                "%d seeds did not find it".formatted(SEEDS_OF_A_MUTATION));
        var cause = (Throwable) noticed;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        System.out.printf("%s: %s%n    %s%n", mutation, noticed.getMessage(), cause.getMessage());
    }

    private long run(long seed, Mutation mutation, Kind kind, long steps) throws Exception {
        var world = new StoreWorld(seed, SimulatedStore.Faults.SOME, mutation, kind, cache);
        try {
            world.simulation.run(steps);
            world.check();
            world.checkGarbage();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("seed %d, %s: %s %s".formatted(seed, kind, e.getMessage(), world.counts()), e);
        }
        tell(seed, kind, world);
        return world.counts().getOrDefault("committed", 0L);
    }
}
