package rok.s3;

/** How fast a store may be used; may be changed at any time, also while requests are under way. */
public final class Throttle {
    final TokenBucket upload;
    final TokenBucket download;
    final TokenBucket requests;

    private Throttle(Ticks ticks) {
        this.upload = new TokenBucket(ticks);
        this.download = new TokenBucket(ticks);
        this.requests = new TokenBucket(ticks);
    }

    /** As fast as it goes, until {@link #set} says otherwise. */
    public static Throttle open() {
        return new Throttle(Ticks.system());
    }

    /** From now on. */
    public void set(Rates rates) {
        upload.rate(rates.uploadBytesPerSecond);
        download.rate(rates.downloadBytesPerSecond);
        requests.rate(rates.requestsPerSecond);
    }

    /**
     * What may pass in a second; 0 is no limit.
     *
     * @param uploadBytesPerSecond 0, or at least {@link #BYTES_PER_SECOND_MIN}
     * @param downloadBytesPerSecond 0, or at least {@link #BYTES_PER_SECOND_MIN}
     */
    public record Rates(long uploadBytesPerSecond, long downloadBytesPerSecond, long requestsPerSecond) {
        /** Slower than this, servers give a request up before it is through. */
        public static final long BYTES_PER_SECOND_MIN = 64 << 10;

        public static final Rates NONE = new Rates(0, 0, 0);

        public Rates {
            requireRate(uploadBytesPerSecond, BYTES_PER_SECOND_MIN);
            requireRate(downloadBytesPerSecond, BYTES_PER_SECOND_MIN);
            requireRate(requestsPerSecond, 1);
        }

        private static void requireRate(long rate, long min) {
            if (rate != 0 && rate < min) {
                throw new IllegalArgumentException("A rate of %d a second is below the least, %d".formatted(rate, min));
            }
        }
    }
}
