package rok.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import rok.format.StoreException;

/**
 * Runs actors one at a time: each is a thread, and the baton moves only where an actor pauses, to one that the seed picks
 * among those whose time has come. Time is virtual, and jumps to the next actor's when all wait.
 */
final class Simulation {
    private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");

    final SplittableRandom random;
    private final Semaphore baton = new Semaphore(0);
    private final List<Actor> actors = new ArrayList<>();
    private long millis;
    private long steps;
    private boolean stopping;

    Simulation(long seed) {
        random = new SplittableRandom(seed);
    }

    /** Ends an actor's script without a trace, as a crash does. */
    static final class Death extends Error {
        private static final long serialVersionUID = 1;

        Death() {
            super("dead", null, false, false);
        }
    }

    /** What an actor does; called once, and again with another life after each death. */
    @FunctionalInterface
    interface Script {
        void run(Actor self) throws Exception;
    }

    void actor(String name, Script script) {
        actors.add(new Actor(name, script));
    }

    Instant now() {
        return START.plusMillis(millis);
    }

    long steps() {
        return steps;
    }

    /** Lets the actors run for so many pauses together; throws what one of them failed with. */
    void run(long stepsMax) throws Exception {
        try {
            while (steps < stepsMax) {
                steps++;
                var next = pick();
                next.proceed.release();
                baton.acquire();
                if (next.failure != null) {
                    throw new AssertionError(
                            "%s failed at step %d, %s".formatted(next.name, steps, now()), next.failure);
                }
            }
        } finally {
            stopping = true;
            for (var actor : actors) {
                actor.proceed.release();
                actor.thread.join();
            }
        }
    }

    private Actor pick() {
        var first = Long.MAX_VALUE;
        for (var actor : actors) {
            first = Math.min(first, actor.wakesAt);
        }
        millis = Math.max(millis, first);
        var ready = new ArrayList<Actor>();
        for (var actor : actors) {
            if (actor.wakesAt <= millis) {
                ready.add(actor);
            }
        }
        return ready.get(random.nextInt(ready.size()));
    }

    /** One process on a machine of its own. */
    final class Actor {
        final String name;
        private final Semaphore proceed = new Semaphore(0);
        private final Thread thread;
        private long wakesAt;
        /** How often it slept for longer than a lease. */
        long stalls;

        private volatile @Nullable Throwable failure;

        private Actor(String name, Script script) {
            this.name = name;
            this.thread = Thread.ofPlatform().daemon().name(name).unstarted(() -> live(script));
            thread.start();
        }

        private void live(Script script) {
            try {
                proceed.acquire();
                while (!stopping) {
                    try {
                        script.run(this);
                    } catch (Death | StoreException.Unavailable _) {
                        // Its machine starts anew, or its user types the command again
                    }
                    pause(Duration.ofSeconds(1));
                }
            } catch (Death _) {
                return;
            } catch (Throwable t) {
                failure = t;
            } finally {
                baton.release();
            }
        }

        /** Gives the baton away for at least so long. */
        void pause(Duration time) {
            if (stopping) {
                throw new Death();
            }
            wakesAt = millis + time.toMillis();
            baton.release();
            proceed.acquireUninterruptibly();
            if (stopping) {
                throw new Death();
            }
        }
    }
}
