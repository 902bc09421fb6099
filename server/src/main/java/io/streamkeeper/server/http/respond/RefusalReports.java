package io.streamkeeper.server.http.respond;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Refusal;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs that the server refuses what it would execute if it had the means: with 503, 507, and 429 for content. For each
 * error code the first refusal is logged with its message, and then at most one of each ten seconds, with the number of
 * those since the last line. Requests beyond the limits of their clients are reported with these limits. Safe for use by
 * any thread.
 */
public final class RefusalReports {
    private static final Logger LOG = LoggerFactory.getLogger(RefusalReports.class);
    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final LongSupplier nowNanos;
    private final Map<ErrorCode, Reports> reports = new EnumMap<>(ErrorCode.class);

    /** The reports of one code. */
    private static final class Reports {
        private final AtomicLong reportedNanos;
        private final AtomicInteger unreported = new AtomicInteger();

        Reports(long reportedNanos) {
            this.reportedNanos = new AtomicLong(reportedNanos);
        }
    }

    /** Reports nothing yet; {@code nowNanos} is a monotonic clock. */
    public RefusalReports(LongSupplier nowNanos) {
        this.nowNanos = nowNanos;
        for (ErrorCode code : ErrorCode.values()) {
            if (code.status() == 429 || code.status() == 503 || code.status() == 507) {
                reports.put(code, new Reports(nowNanos.getAsLong() - INTERVAL_NANOS));
            }
        }
    }

    /** Logs a refusal, if it is to be reported and none of its code was for a while. */
    void refused(Refusal refusal) {
        Reports ofCode = reports.get(refusal.code());
        if (ofCode == null) {
            return;
        }
        long now = nowNanos.getAsLong();
        long before = ofCode.reportedNanos.get();
        if (now - before >= INTERVAL_NANOS && ofCode.reportedNanos.compareAndSet(before, now)) {
            LOG.warn(
                    "requests are refused with {} {}: {} ({} more since the last such line)",
                    refusal.code().status(),
                    refusal.code().code(),
                    refusal.message(),
                    ofCode.unreported.getAndSet(0));
        } else {
            ofCode.unreported.incrementAndGet();
        }
    }
}
