package io.streamkeeper.protocol.leak;

import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test class in which a buffer was not released, in every module that has this on its class path: JUnit finds
 * it by {@code META-INF/services}. Processes that a test has left running are killed at its end.
 */
public final class LeakCheck implements AfterEachCallback, AfterAllCallback {
    /** Called by JUnit. */
    public LeakCheck() {}

    @Override
    public void afterEach(ExtensionContext context) {
        ProcessMemory.freeAll();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (context.getTestClass().map(Class::getEnclosingClass).isPresent()) {
            return;
        }
        List<String> reports = LeakRecorder.takeReports();
        if (!reports.isEmpty()) {
            throw new AssertionError(reports.size() + " buffers were not released, the first: " + reports.get(0));
        }
    }
}
