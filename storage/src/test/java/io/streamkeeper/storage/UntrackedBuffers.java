package io.streamkeeper.storage;

import io.netty.util.ResourceLeakDetector;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Turns the detector of leaks off during each test, because its records would count as heap. */
final class UntrackedBuffers implements BeforeEachCallback, AfterEachCallback {
    private final ResourceLeakDetector.Level level = ResourceLeakDetector.getLevel();

    @Override
    public void beforeEach(ExtensionContext context) {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        ResourceLeakDetector.setLevel(level);
    }
}
