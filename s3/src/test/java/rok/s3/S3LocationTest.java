package rok.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import rok.object.LocationException;

class S3LocationTest {
    @Test
    void everyPartIsRead() {
        var location = parse("s3://my-bucket/a/b?endpoint=https%3A%2F%2Fs3.example.org%3A9000&region=eu-x-1&style=path"
                + "&ca=/etc/ca%20file.pem&profile=work");
        assertThat(location.bucket()).isEqualTo("my-bucket");
        assertThat(location.prefix()).isEqualTo("a/b/");
        assertThat(location.endpoint()).contains(URI.create("https://s3.example.org:9000"));
        assertThat(location.region()).contains("eu-x-1");
        assertThat(location.pathStyle()).isTrue();
        assertThat(location.ca()).contains(Path.of("/etc/ca file.pem"));
        assertThat(location.profile()).contains("work");
    }

    @Test
    void aBucketAloneIsAmazons() {
        var location = parse("s3://my-bucket");
        assertThat(location.prefix()).isEmpty();
        assertThat(location.endpoint()).isEmpty();
        assertThat(location.pathStyle()).isFalse();
        assertThat(parse("s3://my-bucket/").prefix()).isEmpty();
    }

    @Test
    void anAddressMeansPathStyleUnlessItIsSaidOtherwise() {
        assertThat(parse("s3://my-bucket?endpoint=http://127.0.0.1:7070").pathStyle())
                .isTrue();
        assertThat(parse("s3://my-bucket?endpoint=http://localhost:7070").pathStyle())
                .isTrue();
        assertThat(parse("s3://my-bucket?endpoint=https://10.1.2.3").pathStyle())
                .isTrue();
        assertThat(parse("s3://my-bucket?endpoint=https://s3.example.org").pathStyle())
                .isFalse();
        assertThat(parse("s3://my-bucket?endpoint=http://127.0.0.1:7070&style=virtual")
                        .pathStyle())
                .isFalse();
    }

    @Test
    void plainHttpGoesToThisMachineOnlyUnlessItIsSaid() {
        assertThatThrownBy(() -> parse("s3://my-bucket?endpoint=http://s3.example.org"))
                .isInstanceOf(LocationException.class)
                .hasMessageContaining("insecure=true");
        assertThat(parse("s3://my-bucket?endpoint=http://s3.example.org&insecure=true")
                        .endpoint())
                .isPresent();
        assertThatThrownBy(() -> parse("s3://my-bucket?endpoint=http://127.evil.example.org"))
                .isInstanceOf(LocationException.class);
    }

    @Test
    void theEnvironmentsEndpointHoldsWhereTheLocationNamesNone() {
        var environment =
                Map.of("AWS_ENDPOINT_URL", "https://one.example", "AWS_ENDPOINT_URL_S3", "https://two.example");
        assertThat(S3Location.parse("s3://my-bucket", environment).endpoint())
                .contains(URI.create("https://two.example"));
        assertThatThrownBy(() -> S3Location.parse("s3://my-bucket", Map.of("AWS_ENDPOINT_URL", "http://one.example")))
                .hasMessageContaining("AWS_ENDPOINT_URL")
                .hasMessageContaining("insecure=true");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "s3://AKIA:verysecret@my-bucket/x",
                "s3://my-bucket?endpoint=https://AKIA:verysecret@example.org",
                "s3://my-bucket?secret_key=verysecret",
                "s3://my-bucket?access-key=verysecret",
                "s3://my-bucket?X-Amz-Security-Token=verysecret"
            })
    void credentialsAreRefusedAndNotRepeated(String text) {
        assertThatThrownBy(() -> parse(text))
                .isInstanceOf(LocationException.class)
                .hasMessageContaining("AWS_ACCESS_KEY_ID")
                .hasMessageNotContaining("verysecret");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "s3://",
                "s3:///prefix",
                "s3://UPPER",
                "s3://ab",
                "s3://my-bucket/a//b",
                "s3://my-bucket/../b",
                "s3://my-bucket/a b",
                "s3://my-bucket/ä",
                "s3://my-bucket/a\u0007",
                "s3://my-bucket#x",
                "s3://my-bucket?colour=red",
                "s3://my-bucket?region",
                "s3://my-bucket?region=",
                "s3://my-bucket?region=a&region=b",
                "s3://my-bucket?region=eu%0A",
                "s3://my-bucket?region=eu%zz",
                "s3://my-bucket?region=eu%f",
                "s3://my-bucket?ca=%ff",
                "s3://my-bucket?style=fancy",
                "s3://my-bucket?insecure=yes",
                "s3://my-bucket?endpoint=ftp://example.org",
                "s3://my-bucket?endpoint=https://example.org/path",
                "s3://my-bucket?endpoint=example.org"
            })
    void whatIsNotUnderstoodIsRefused(String text) {
        assertThatThrownBy(() -> parse(text)).isInstanceOf(LocationException.class);
    }

    private static S3Location parse(String text) {
        return S3Location.parse(text, Map.of());
    }
}
