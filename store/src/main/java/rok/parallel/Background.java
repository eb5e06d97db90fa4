package rok.parallel;

/**
 * Does what should be done meanwhile, in threads of the system's: a JVM in which a virtual thread once waited for a
 * socket takes 0.3 s to end (the JDK's poller never leaves native code, and the JVM waits so long for such a thread).
 */
public final class Background {
    private Background() {}

    /**
     * Starts it. Whoever does bounds how many there are. A failure that it does not catch ends it and is not shown: whoever
     * wants what it was to bring does that again, and is told. Who was interrupted closes the store under those that are left.
     */
    public static void start(String name, Runnable work) {
        var _ = Thread.ofPlatform()
                .daemon()
                .name("rok-" + name)
                .uncaughtExceptionHandler((_, _) -> {})
                .start(work);
    }
}
