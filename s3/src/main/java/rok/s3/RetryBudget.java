package rok.s3;

/**
 * How much trying again a store may cost: each retry takes 5 tokens, each answer gives 1 back, of 500 at most. A server
 * that is down is not asked ever more often by everybody at once. Safe for use by many threads.
 */
final class RetryBudget {
    private static final int TOKENS_MAX = 500;
    private static final int RETRY_TOKENS = 5;

    private int tokens = TOKENS_MAX;

    synchronized boolean take() {
        if (tokens < RETRY_TOKENS) {
            return false;
        }
        tokens -= RETRY_TOKENS;
        return true;
    }

    synchronized void answered() {
        tokens = Math.min(TOKENS_MAX, tokens + 1);
    }
}
