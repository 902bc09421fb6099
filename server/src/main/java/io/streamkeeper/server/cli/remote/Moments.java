package io.streamkeeper.server.cli.remote;

import io.streamkeeper.protocol.Rfc3339;
import java.time.Instant;

/** The values of flags that are points in time. */
final class Moments {
    private Moments() {}

    /**
     * Reads a value.
     *
     * @throws IllegalArgumentException if it is no time as RFC 3339 has it; the message names the flag
     */
    static Instant parse(String flag, String text) {
        Long millis = Rfc3339.millis(text);
        if (millis == null) {
            throw new IllegalArgumentException(
                    flag + " is '" + text + "'; expected a moment such as 2030-01-31T12:00:00Z");
        }
        return Instant.ofEpochMilli(millis);
    }
}
