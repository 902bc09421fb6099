package io.streamkeeper.protocol.await;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * How long a test waits for what must happen, in every module that has this on its class path: JUnit finds it by {@code
 * META-INF/services}. Long, because a machine with other work may take seconds for what takes milliseconds otherwise, and a
 * test that passes does not wait for it. A test states a limit of its own only if the limit is what it tests.
 */
public final class Patience implements BeforeAllCallback {
    /**
     * The limit of all waits. It is shorter than the default of {@code --idle-timeout}, so that a test fails if nothing
     * but the idle time ends a connection.
     */
    public static final Duration LIMIT = Duration.ofSeconds(60);

    /** Called by JUnit. */
    public Patience() {}

    @Override
    public void beforeAll(ExtensionContext context) {
        Awaitility.setDefaultTimeout(LIMIT);
    }
}
