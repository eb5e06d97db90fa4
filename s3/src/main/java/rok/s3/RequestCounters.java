package rok.s3;

/**
 * What a store has asked of its server since it was opened; each attempt counts.
 *
 * @param multipart requests that begin, fill, end or give up an upload in parts
 * @param retries attempts after the first
 * @param throttled answers that said: too many requests
 * @param inFlight requests that are under way now
 * @param limit how many may be
 */
public record RequestCounters(
        long puts,
        long gets,
        long heads,
        long lists,
        long deletes,
        long multipart,
        long sentBytes,
        long receivedBytes,
        long retries,
        long throttled,
        int inFlight,
        int limit) {
    /** All requests. */
    public long requests() {
        return puts + gets + heads + lists + deletes + multipart;
    }
}
