package io.streamkeeper.server.http.respond;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResponseFieldTest {
    private static final List<String> EXPOSED =
            Arrays.asList(ResponseField.exposed().split(", ", -1));

    /** What scripts of other origins could read while the list was kept by hand. */
    @Test
    void scriptsMayReadWhatClientsOfTheProtocolNeed() {
        assertThat(EXPOSED)
                .contains(
                        "Content-Encoding",
                        "Date",
                        "ETag",
                        "Location",
                        "Producer-Epoch",
                        "Producer-Expected-Seq",
                        "Producer-Received-Seq",
                        "Producer-Seq",
                        "RateLimit",
                        "RateLimit-Policy",
                        "Retry-After",
                        "Stream-Closed",
                        "Stream-Cursor",
                        "Stream-Earliest-Offset",
                        "Stream-Expires-At",
                        "Stream-Next-Offset",
                        "Stream-Retention-Max-Age",
                        "Stream-Retention-Max-Bytes",
                        "Stream-Retention-Max-Messages",
                        "Stream-SSE-Data-Encoding",
                        "Stream-TTL",
                        "Stream-Up-To-Date",
                        "X-Request-Id");
    }

    @Test
    void everyFieldOfTheProtocolIsExposed() {
        assertThat(ResponseField.values())
                .extracting(field -> new String(field.prefix(), StandardCharsets.US_ASCII).replace(": ", ""))
                .filteredOn(name -> name.startsWith("Stream-") || name.startsWith("Producer-"))
                .isNotEmpty()
                .allSatisfy(name -> assertThat(EXPOSED).contains(name));
    }
}
