package rok.volume;

import rok.linux.Stat;

/** The constants of docs/format/stat-cache.md. */
final class StatCacheFormat {
    static final int BLOCK_BYTES_MAX = 64 << 10;

    static final byte HEADER = 0;
    static final byte ENTER = 1;
    static final byte ENTRY = 2;
    static final byte LEAVE = 3;
    static final byte END = 4;

    private StatCacheFormat() {}

    /**
     * Whether a later change is sure to show in the stat: it was last touched before the snapshot began. Whole seconds are
     * taken for a file system that keeps nothing finer, where two of them must have passed.
     */
    static boolean isOld(Stat stat, long startedSeconds, int startedNanos) {
        return isOld(stat.mtimeSeconds(), stat.mtimeNanos(), startedSeconds, startedNanos)
                && isOld(stat.ctimeSeconds(), stat.ctimeNanos(), startedSeconds, startedNanos);
    }

    private static boolean isOld(long seconds, int nanos, long startedSeconds, int startedNanos) {
        if (nanos == 0) {
            return seconds < startedSeconds - 2;
        }
        return seconds < startedSeconds || (seconds == startedSeconds && nanos < startedNanos);
    }
}
