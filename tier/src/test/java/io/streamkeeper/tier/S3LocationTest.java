package io.streamkeeper.tier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class S3LocationTest {
    @Test
    void itIsABucketWithOrWithoutAPrefix() {
        assertThat(S3Location.of(URI.create("s3://bucket"))).isEqualTo(new S3Location("bucket", ""));
        assertThat(S3Location.of(URI.create("s3://bucket/"))).isEqualTo(new S3Location("bucket", ""));
        assertThat(S3Location.of(URI.create("s3://my.bucket/a/b_c"))).isEqualTo(new S3Location("my.bucket", "a/b_c/"));
        assertThat(S3Location.of(URI.create("s3://bucket/a/"))).isEqualTo(new S3Location("bucket", "a/"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "s3://",
                "s3:bucket",
                "s3://UPPER",
                "s3://b",
                "s3://bucket//a",
                "s3://user@bucket/a",
                "s3://bucket/a?b"
            })
    void anythingElseIsRefused(String url) {
        assertThatThrownBy(() -> S3Location.of(URI.create(url)))
                .isInstanceOf(RuntimeException.class)
                .hasMessageContaining("xpected");
    }
}
