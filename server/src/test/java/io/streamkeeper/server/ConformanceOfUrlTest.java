package io.streamkeeper.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConformanceOfUrlTest {

    @ParameterizedTest
    @CsvSource({
        "http://localhost:4437, http://localhost:4437/v1/stream/",
        "http://localhost:4437/, http://localhost:4437/v1/stream/",
        "http://localhost:4437/v1/stream, http://localhost:4437/v1/stream/",
        "https://example.com/a/b/, https://example.com/a/b/",
        "http://[::1]:80/a%20b, http://[::1]:80/a%20b/",
    })
    void aUrlHasItsRootOrTheUsualOneAndASlashAtItsEnd(String given, URI streams) {
        assertThat(ConformanceOfUrl.withRoot(given)).isEqualTo(streams);
    }
}
