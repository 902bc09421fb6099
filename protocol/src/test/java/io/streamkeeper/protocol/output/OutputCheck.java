package io.streamkeeper.protocol.output;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.output.Faults.Fault;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test during which something was logged at WARN or above, or a stack trace printed, that it does not announce
 * with {@link LogsFaults} or {@link MayLogFaults}, and one that announces what does not come. What a thread logs after
 * its test fails the next one, the class, or after the last class the run: tests run one after another.
 */
public final class OutputCheck
        implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback, AutoCloseable {
    /** What a server logs about the answers that a test gets from it. */
    private static final List<String> ANSWERS = List.of(
            "requests are refused with ",
            "new connections to the listener for ",
            "refuses writes for now: ",
            "stores writes again");

    /** Called by JUnit. */
    public OutputCheck() {}

    @Override
    public void beforeAll(ExtensionContext context) {
        ExtensionContext.Store run = context.getRoot().getStore(ExtensionContext.Namespace.create(OutputCheck.class));
        run.computeIfAbsent(OutputCheck.class, key -> {
            PrintedTraces.install();
            return this;
        });
        LoggedFaults.install();
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        LoggedFaults.install();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        Method test = context.getRequiredTestMethod();
        LogsFaults certain = test.getAnnotation(LogsFaults.class);
        List<String> expected = certain == null ? List.of() : List.of(certain.value());
        List<String> announced = announcedBy(context.getRequiredTestClass());
        announced.addAll(expected);
        addTo(announced, test.getAnnotation(MayLogFaults.class));

        List<Fault> faults = Faults.take();
        context.getExecutionException()
                .filter(failure -> !faults.isEmpty())
                .ifPresent(failure -> failure.addSuppressed(new AssertionError("the test has logged:" + text(faults))));
        for (String part : expected) {
            assertThat(faults)
                    .as("what @LogsFaults(\"%s\") announces", part)
                    .anyMatch(fault -> fault.isAnnouncedBy(List.of(part)));
        }
        check(faults, announced);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        check(Faults.take(), announcedBy(context.getRequiredTestClass()));
    }

    /** Called by JUnit after the last class. */
    @Override
    public void close() {
        check(Faults.take(), List.of());
    }

    private static List<String> announcedBy(Class<?> testClass) {
        List<String> parts = new ArrayList<>();
        for (@Nullable Class<?> type = testClass; type != null; type = type.getEnclosingClass()) {
            addTo(parts, type.getAnnotation(MayLogFaults.class));
        }
        return parts;
    }

    private static void addTo(List<String> parts, @Nullable MayLogFaults announced) {
        if (announced != null) {
            parts.addAll(List.of(announced.value()));
        }
    }

    private static void check(List<Fault> faults, List<String> announced) {
        assertThat(faults.stream().filter(fault -> !fault.isAnnouncedBy(announced) && !fault.isAnnouncedBy(ANSWERS)))
                .as("what was logged or printed without being announced")
                .isEmpty();
    }

    private static String text(List<Fault> faults) {
        return faults.stream().map(fault -> "\n" + fault).collect(joining());
    }
}
