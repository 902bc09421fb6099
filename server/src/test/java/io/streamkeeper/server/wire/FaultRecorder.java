package io.streamkeeper.server.wire;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** Keeps what the servers' threads log as wrong: an exception that a loop swallows would be seen nowhere else. */
public final class FaultRecorder extends AppenderBase<ILoggingEvent> {
    private static final FaultRecorder INSTANCE = new FaultRecorder();

    private final List<String> faults = new CopyOnWriteArrayList<>();

    private FaultRecorder() {}

    public static synchronized void install() {
        if (!INSTANCE.isStarted()) {
            LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
            INSTANCE.setContext(context);
            INSTANCE.start();
            context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).addAppender(INSTANCE);
        }
    }

    @Override
    protected void append(ILoggingEvent event) {
        boolean ours = event.getThreadName().startsWith("streamkeeper-");
        if (ours && event.getLevel().isGreaterOrEqual(Level.WARN)) {
            faults.add(event + "\n" + ThrowableProxyUtil.asString(event.getThrowableProxy()));
        }
    }

    /** Fails if something went wrong on a thread of a server since the last time. */
    public static void assertNothingFailed() {
        List<String> taken = List.copyOf(INSTANCE.faults);
        INSTANCE.faults.clear();
        assertThat(taken).as("faults").isEmpty();
    }
}
