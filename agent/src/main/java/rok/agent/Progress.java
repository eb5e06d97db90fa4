package rok.agent;

/**
 * Watches a flow. Called by the flow's own thread, often; it decides what to show. Totals are 0 until they are known.
 */
@FunctionalInterface
public interface Progress {
    Progress NONE = _ -> {};

    void at(Status status);

    /**
     * @param files done, {@code filesTotal} if known
     * @param bytes done, {@code bytesTotal} if known
     */
    record Status(long files, long filesTotal, long bytes, long bytesTotal) {}
}
