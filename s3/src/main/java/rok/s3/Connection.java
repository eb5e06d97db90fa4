package rok.s3;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import rok.object.LocationException;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.profiles.ProfileFileSystemSetting;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.AwsProfileRegionProvider;
import software.amazon.awssdk.regions.providers.AwsRegionProviderChain;
import software.amazon.awssdk.regions.providers.InstanceProfileRegionProvider;
import software.amazon.awssdk.regions.providers.SystemSettingsRegionProvider;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;

/** The client of one store, set up as a store needs it: no retries, checksums or chunks of its own. Close it. */
final class Connection implements AutoCloseable {
    private static final Duration CONNECT_MAX = Duration.ofSeconds(5);
    /** Between two bytes of an answer. */
    private static final Duration SILENCE_MAX = Duration.ofSeconds(30);

    final S3Client client;
    final MeteredHttpClient wire;
    final ReloadableCredentials credentials;

    private Connection(S3Client client, MeteredHttpClient wire, ReloadableCredentials credentials) {
        this.client = client;
        this.wire = wire;
        this.credentials = credentials;
    }

    static Connection open(
            S3Location location, Throttle throttle, Supplier<AwsCredentialsProvider> chain, InstantSource clock) {
        var http = Apache5HttpClient.builder()
                .maxConnections(RequestLimiter.MAX)
                .connectionTimeout(CONNECT_MAX)
                .connectionAcquisitionTimeout(SILENCE_MAX)
                .socketTimeout(SILENCE_MAX)
                .tcpKeepAlive(true)
                // It would cost a round trip for each put.
                .expectContinueEnabled(false);
        if (location.endpoint()
                .filter(server -> "http".equals(server.getScheme()))
                .isPresent()) {
            // To know how TLS is done takes a tenth of a second at the start.
            http.tlsSocketStrategy((_, target, _, _, _) -> {
                throw new SSLException("TLS was not set up for " + target + ": the location's endpoint is http");
            });
        }
        location.ca().ifPresent(file -> {
            var trust = trust(file);
            http.tlsTrustManagersProvider(() -> trust);
        });
        var wire = new MeteredHttpClient(http.build(), throttle, clock);
        var credentials = new ReloadableCredentials(chain);
        var builder = S3Client.builder()
                .httpClient(wire)
                .credentialsProvider(credentials)
                .region(location.region().map(Region::of).orElseGet(() -> region(location)))
                .forcePathStyle(location.pathStyle())
                .serviceConfiguration(S3Configuration.builder()
                        // One signature over the whole body is understood by every server.
                        .chunkedEncodingEnabled(false)
                        .expectContinueEnabled(false)
                        .build())
                // Trailing checksums are refused by many servers; what is stored carries its own.
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .overrideConfiguration(override -> {
                    override.retryStrategy(AwsRetryStrategy.doNotRetry());
                    location.profile().ifPresent(override::defaultProfileName);
                });
        location.endpoint().ifPresent(builder::endpointOverride);
        return new Connection(builder.build(), wire, credentials);
    }

    /** Variables, web identity, profiles, container, instance: the first that has some. */
    static Supplier<AwsCredentialsProvider> usualChain(S3Location location) {
        return () -> {
            var chain = DefaultCredentialsProvider.builder();
            location.profile().ifPresent(chain::profileName);
            return chain.build();
        };
    }

    private static Region region(S3Location location) {
        var settings = new SystemSettingsRegionProvider();
        var profile = new AwsProfileRegionProvider(
                ProfileFile::defaultProfileFile,
                location.profile().orElseGet(ProfileFileSystemSetting.AWS_PROFILE::getStringValueOrThrow));
        // To ask the machine which of Amazon's regions it is in takes seconds where it is in none.
        var chain = location.endpoint().isPresent()
                ? new AwsRegionProviderChain(settings, profile)
                : new AwsRegionProviderChain(settings, profile, new InstanceProfileRegionProvider());
        try {
            return chain.getRegion();
        } catch (SdkClientException e) {
            // Servers that are not Amazon's take it for the one they are in; Amazon's tell when it is another.
            return Region.US_EAST_1;
        }
    }

    private static TrustManager[] trust(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            var store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("ca-" + store.size(), certificate);
            }
            if (store.size() == 0) {
                throw new LocationException("The file %s that ca= names holds no certificate".formatted(file));
            }
            var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            return factory.getTrustManagers();
        } catch (IOException | GeneralSecurityException e) {
            throw new LocationException("The file %s that ca= names cannot be read as certificates in PEM (%s)"
                    .formatted(file, e.getMessage()));
        }
    }

    @Override
    public void close() {
        client.close();
        wire.close();
        credentials.close();
    }
}
