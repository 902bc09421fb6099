package io.streamkeeper.server.security;

import io.streamkeeper.server.config.SecurityConfig;
import java.io.IOException;
import java.util.function.LongSupplier;

/** The policy of a configuration with a monotonic clock that a test drives, and checks in quick succession. */
public final class DrivenPolicies {
    private static final long CHECK_MILLIS = 10;

    private DrivenPolicies() {}

    public static SecurityPolicy open(SecurityConfig config, LongSupplier nowMillis, LongSupplier nowNanos)
            throws IOException {
        return ConfiguredPolicy.open(config, nowMillis, nowNanos, CHECK_MILLIS);
    }
}
