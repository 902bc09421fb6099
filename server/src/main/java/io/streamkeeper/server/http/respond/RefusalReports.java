package io.streamkeeper.server.http.respond;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.server.log.RareReport;
import java.util.EnumMap;
import java.util.Map;
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

    private final Map<ErrorCode, RareReport> reports = new EnumMap<>(ErrorCode.class);

    /** Reports nothing yet; {@code nowNanos} is a monotonic clock. */
    public RefusalReports(LongSupplier nowNanos) {
        for (ErrorCode code : ErrorCode.values()) {
            if (code.status() == 429 || code.status() == 503 || code.status() == 507) {
                reports.put(code, new RareReport(nowNanos));
            }
        }
    }

    /** Logs a refusal, if it is to be reported and none of its code was for a while. */
    void refused(Refusal refusal) {
        RareReport ofCode = reports.get(refusal.code());
        long unreported = ofCode == null ? RareReport.NOT_DUE : ofCode.unreported();
        if (unreported != RareReport.NOT_DUE) {
            LOG.warn(
                    "requests are refused with {} {}: {} ({} more since the last such line)",
                    refusal.code().status(),
                    refusal.code().code(),
                    refusal.message(),
                    unreported);
        }
    }
}
