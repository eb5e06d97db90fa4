package rok.s3;

import java.util.function.Supplier;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/** Credentials from the usual chain, which is made anew when the server says that they have expired. */
final class ReloadableCredentials implements AwsCredentialsProvider, AutoCloseable {
    private final Supplier<AwsCredentialsProvider> chain;
    private AwsCredentialsProvider current;
    private long generation;

    ReloadableCredentials(Supplier<AwsCredentialsProvider> chain) {
        this.chain = chain;
        this.current = chain.get();
    }

    /** Which chain is in use; {@link #reload} wants it. */
    synchronized long generation() {
        return generation;
    }

    /** Makes the chain anew, unless somebody has done so since that generation. */
    synchronized void reload(long seen) {
        if (seen == generation) {
            close();
            current = chain.get();
            generation++;
        }
    }

    @Override
    public AwsCredentials resolveCredentials() {
        AwsCredentialsProvider provider;
        synchronized (this) {
            provider = current;
        }
        try {
            return provider.resolveCredentials();
        } catch (RuntimeException e) {
            throw new NoCredentials(e);
        }
    }

    @Override
    public synchronized void close() {
        if (current instanceof SdkAutoCloseable closeable) {
            closeable.close();
        }
    }

    /** Nobody on this machine knows any. */
    static final class NoCredentials extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NoCredentials(RuntimeException cause) {
            super(cause.getMessage(), cause);
        }
    }
}
