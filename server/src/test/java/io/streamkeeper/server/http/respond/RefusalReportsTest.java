package io.streamkeeper.server.http.respond;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Refusal;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class RefusalReportsTest {
    private final AtomicLong nowNanos = new AtomicLong(Long.MAX_VALUE - 5);
    private final RefusalReports reports = new RefusalReports(nowNanos::get);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(RefusalReports.class);

    @BeforeEach
    void begin() {
        log.start();
        logger.addAppender(log);
    }

    @AfterEach
    void end() {
        logger.detachAppender(log);
    }

    private void refused(ErrorCode code, String message) {
        reports.refused(Refusal.of(code, message));
    }

    private List<String> lines() {
        return log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    @Test
    void theFirstCauseIsLoggedAndThenTheNumberOfThoseSince() {
        refused(ErrorCode.STORAGE_FULL, "the disk is full");
        refused(ErrorCode.STORAGE_FULL, "the disk is full, still");
        refused(ErrorCode.STORAGE_FULL, "the disk is full, still");
        nowNanos.addAndGet(TimeUnit.SECONDS.toNanos(10));
        refused(ErrorCode.STORAGE_FULL, "another disk is full");

        assertThat(lines())
                .containsExactly(
                        "requests are refused with 507 storage_full: the disk is full (0 more since the last such line)",
                        "requests are refused with 507 storage_full: another disk is full (2 more since the last such"
                                + " line)");
    }

    @Test
    void eachCodeHasItsOwnLine() {
        refused(ErrorCode.STORAGE_FULL, "a");
        refused(ErrorCode.OVERLOADED, "b");
        refused(ErrorCode.STREAM_LIMIT, "c");

        assertThat(lines()).hasSize(3);
    }

    @Test
    void theMistakesOfClientsAreNotLogged() {
        refused(ErrorCode.STREAM_NOT_FOUND, "a");
        refused(ErrorCode.BODY_TOO_LARGE, "b");
        refused(ErrorCode.UNAUTHENTICATED, "c");

        assertThat(lines()).isEmpty();
    }
}
