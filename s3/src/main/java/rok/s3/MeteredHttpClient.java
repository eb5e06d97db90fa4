package rok.s3;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;

/** Counts what goes over the wire, holds uploads to their rate, and looks at the server's clock. */
final class MeteredHttpClient implements SdkHttpClient {
    /** A throttled body goes in pieces of this size, so that it flows evenly. */
    private static final int PIECE_BYTES = 32 << 10;

    private final SdkHttpClient client;
    private final Throttle throttle;
    private final InstantSource clock;
    private final LongAdder sent = new LongAdder();
    private final LongAdder received = new LongAdder();
    private volatile @Nullable Duration skew;

    MeteredHttpClient(SdkHttpClient client, Throttle throttle, InstantSource clock) {
        this.client = client;
        this.throttle = throttle;
        this.clock = clock;
    }

    long sentBytes() {
        return sent.sum();
    }

    long receivedBytes() {
        return received.sum();
    }

    Optional<Duration> skew() {
        return Optional.ofNullable(skew);
    }

    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
        var metered = HttpExecuteRequest.builder().request(request.httpRequest());
        request.contentStreamProvider()
                .ifPresent(body -> metered.contentStreamProvider(
                        (ContentStreamProvider) () -> new MeteredInput(body.newStream(), sent, throttle.upload)));
        request.metricCollector().ifPresent(metered::metricCollector);
        return new MeteredCall(client.prepareRequest(metered.build()));
    }

    @Override
    public String clientName() {
        return client.clientName();
    }

    @Override
    public void close() {
        client.close();
    }

    private void look(Optional<String> date) {
        try {
            date.map(text -> DateTimeFormatter.RFC_1123_DATE_TIME.parse(text, Instant::from))
                    .ifPresent(theirs -> skew = Duration.between(clock.instant(), theirs));
        } catch (DateTimeException _) {
            // A server that does not know the time need not tell it.
        }
    }

    private final class MeteredCall implements ExecutableHttpRequest {
        private final ExecutableHttpRequest call;

        MeteredCall(ExecutableHttpRequest call) {
            this.call = call;
        }

        @Override
        public HttpExecuteResponse call() throws IOException {
            var response = call.call();
            look(response.httpResponse().firstMatchingHeader("Date"));
            var metered = HttpExecuteResponse.builder().response(response.httpResponse());
            response.responseBody()
                    .ifPresent(body -> metered.responseBody(
                            AbortableInputStream.create(new MeteredInput(body, received, null), body)));
            return metered.build();
        }

        @Override
        public void abort() {
            call.abort();
        }
    }

    private static final class MeteredInput extends FilterInputStream {
        private final LongAdder counter;
        private final @Nullable TokenBucket bucket;

        MeteredInput(InputStream in, LongAdder counter, @Nullable TokenBucket bucket) {
            super(in);
            this.counter = counter;
            this.bucket = bucket;
        }

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            var got = super.read(into, offset, bucket == null ? length : Math.min(length, PIECE_BYTES));
            if (got > 0) {
                counter.add(got);
                if (bucket != null) {
                    take(bucket, got);
                }
            }
            return got;
        }

        private static void take(TokenBucket bucket, int bytes) throws IOException {
            try {
                bucket.take(bytes);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("Interrupted while waiting for the upload's rate");
            }
        }
    }
}
