package io.streamkeeper.protocol.output;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.netty.buffer.ByteBuf;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs tests that must fail, or must not, as JUnit runs all the others. */
class OutputCheckTest {
    private static final Logger LOG = LoggerFactory.getLogger(OutputCheckTest.class);

    /** What has failed in a run of {@code tests}: the name, and why. */
    private static List<String> failures(Class<?> tests) {
        List<String> failures = new ArrayList<>();
        List<String> ran = new ArrayList<>();
        TestExecutionListener listener = new TestExecutionListener() {
            @Override
            public void executionFinished(TestIdentifier identifier, TestExecutionResult result) {
                ran.add(identifier.getDisplayName());
                result.getThrowable()
                        .ifPresent(failure -> failures.add(identifier.getDisplayName() + ": " + failure.getMessage()
                                + List.of(failure.getSuppressed())));
            }
        };
        LauncherFactory.create()
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(selectClass(tests))
                                .build(),
                        listener);
        assertThat(ran).as("what ran").hasSizeGreaterThan(2);
        return failures;
    }

    private static String onlyFailure(Class<?> tests) {
        assertThat(failures(tests)).hasSize(1);
        return failures(tests).get(0);
    }

    static final class LogsAThrowable {
        @Test
        void test() {
            LOG.warn("a fault of {}", "a test", new IllegalStateException("nothing is wrong"));
        }
    }

    @Test
    void aThrowableThatIsLoggedFailsTheTest() {
        assertThat(onlyFailure(LogsAThrowable.class))
                .startsWith("test()")
                .contains("WARN", "a fault of a test", "IllegalStateException: nothing is wrong", "\tat ");
    }

    static final class LogsAWarning {
        @Test
        void test() {
            LOG.info("no fault of a test");
            LOG.warn("a warning of a test");
        }
    }

    @Test
    void aWarningThatIsLoggedFailsTheTest() {
        assertThat(onlyFailure(LogsAWarning.class))
                .contains("a warning of a test")
                .doesNotContain("no fault");
    }

    static final class LogsALeak {
        @Test
        void test() {
            LoggerFactory.getLogger(ByteBuf.class).error("LEAK: {}.release() was not called", "ByteBuf");
        }
    }

    @Test
    void aLeakReportOfNettyFailsTheTest() {
        assertThat(onlyFailure(LogsALeak.class)).contains("LEAK: ByteBuf.release()");
    }

    static class Announces {
        @Test
        @LogsFaults("a fault of {}")
        void certain() {
            LOG.error("a fault of {}", "a test", new IllegalStateException());
        }

        @Test
        @MayLogFaults({"a fault of {}", "never logged"})
        void possible() {
            LOG.error("a fault of {}", "a test", new IllegalStateException());
        }
    }

    @MayLogFaults("a fault")
    static class AnnouncesForAll {
        @Test
        void inTheClass() {
            LOG.error("a fault of {}", "a test");
        }
    }

    static final class AnnouncesForAllOfAnother extends AnnouncesForAll {
        @Nested
        class Inner {
            @Test
            void inTheInnerClass() {
                LOG.error("a fault of {}", "a test");
            }
        }
    }

    @Test
    void whatIsAnnouncedFailsNothing() {
        assertThat(failures(Announces.class)).isEmpty();
        assertThat(failures(AnnouncesForAllOfAnother.class)).isEmpty();
    }

    static final class AnnouncesWhatDoesNotCome {
        @Test
        @LogsFaults({"a fault of {}", "another fault"})
        void test() {
            LOG.error("a fault of {}", "a test");
        }
    }

    @Test
    void whatIsAnnouncedAndNotLoggedFailsTheTest() {
        assertThat(onlyFailure(AnnouncesWhatDoesNotCome.class)).contains("@LogsFaults(\"another fault\")");
    }

    static final class AnnouncesAnother {
        @Test
        @MayLogFaults("another fault")
        void test() {
            LOG.error("a fault of {}", "a test");
        }
    }

    @Test
    void whatIsAnnouncedIsNoExcuseForOthers() {
        assertThat(onlyFailure(AnnouncesAnother.class)).contains("a fault of a test");
    }

    static final class LogsAtTheEnd {
        @Test
        @MayLogFaults("a fault")
        void test() {}

        @AfterAll
        static void end() {
            LOG.error("a fault of {}", "a test");
        }
    }

    @Test
    void whatIsLoggedAfterTheLastTestFailsTheClass() {
        assertThat(onlyFailure(LogsAtTheEnd.class)).startsWith("OutputCheckTest$LogsAtTheEnd");
    }

    static final class FailsAndLogs {
        @Test
        @MayLogFaults("a fault")
        void test() {
            LOG.error("a fault of {}", "a test");
            throw new IllegalStateException("wrong");
        }
    }

    @Test
    void aTestThatFailsReportsWhatItHasLogged() {
        assertThat(onlyFailure(FailsAndLogs.class)).startsWith("test(): wrong").contains("a fault of a test");
    }

    static final class EndsAThread {
        @Test
        void test() throws InterruptedException {
            PrintStream out = System.out;
            PrintStream err = System.err;
            try {
                System.setErr(new PrintStream(OutputStream.nullOutputStream(), true, UTF_8));
                PrintedTraces.install();
                Thread thread = new Thread(() -> {
                    throw new IllegalStateException("nothing is wrong");
                });
                thread.start();
                thread.join();
            } finally {
                System.setOut(out);
                System.setErr(err);
            }
        }
    }

    @Test
    void anExceptionThatEndsAThreadFailsTheTest() {
        assertThat(onlyFailure(EndsAThread.class)).contains("Exception in thread", "nothing is wrong");
    }

    static final class PrintsATrace {
        @Test
        @MayLogFaults("")
        void test() {
            PrintStream err = PrintedTraces.reading(OutputStream.nullOutputStream());
            err.println("all is well at home (or not)");
            new IllegalStateException("nothing is wrong").printStackTrace(err);
        }
    }

    @Test
    void aStackTraceThatIsPrintedFailsTheTest() {
        assertThat(onlyFailure(PrintsATrace.class))
                .contains("IllegalStateException: nothing is wrong")
                .doesNotContain("at home");
    }
}
