package io.streamkeeper.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** A connection that cannot be accepted, as for want of a file descriptor. */
class AcceptFaultsTest {
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(AcceptFaults.class);
    private final EmbeddedChannel listener = new EmbeddedChannel(new AcceptFaults());

    @BeforeEach
    void record() {
        listener.freezeTime();
        log.start();
        logger.addAppender(log);
        logger.setAdditive(false);
    }

    @AfterEach
    void stop() {
        logger.detachAppender(log);
        logger.setAdditive(true);
        listener.finishAndReleaseAll();
    }

    private void fail(Throwable cause) {
        listener.pipeline().fireExceptionCaught(cause);
        listener.checkException();
    }

    @Test
    void itIsOneLineWithoutAStackTraceHoweverOftenItFails() {
        for (int i = 0; i < 20; i++) {
            fail(new IOException("accept(..) failed: Zu viele offene Dateien"));
            listener.advanceTimeBy(1_000, TimeUnit.MILLISECONDS);
            listener.runPendingTasks();
        }
        assertThat(log.list).hasSize(1);
        assertThat(log.list.get(0).getLevel()).isEqualTo(Level.WARN);
        assertThat(log.list.get(0).getThrowableProxy()).isNull();
        assertThat(log.list.get(0).getFormattedMessage()).contains("connections cannot be accepted for now");
    }

    @Test
    void noneIsAcceptedForAMoment() {
        fail(new IOException("too many"));
        assertThat(listener.config().isAutoRead()).isFalse();
        listener.advanceTimeBy(999, TimeUnit.MILLISECONDS);
        listener.runScheduledPendingTasks();
        assertThat(listener.config().isAutoRead()).isFalse();
        listener.advanceTimeBy(1, TimeUnit.MILLISECONDS);
        listener.runScheduledPendingTasks();
        assertThat(listener.config().isAutoRead()).isTrue();
    }

    @Test
    void whatNobodyExpectedIsReportedWithItsStack() {
        fail(new IllegalStateException("a fault of ours"));
        assertThat(log.list).singleElement().satisfies(event -> {
            assertThat(event.getLevel()).isEqualTo(Level.ERROR);
            assertThat(event.getThrowableProxy()).isNotNull();
        });
    }
}
