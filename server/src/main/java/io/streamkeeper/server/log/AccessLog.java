package io.streamkeeper.server.log;

import io.streamkeeper.server.config.AccessLogConfig;
import io.streamkeeper.server.config.ServerConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * One line for each request, when its response is complete or its connection has ended. A line has the path and never
 * the query of a request, because the query may contain a signature. Safe for use by any thread.
 */
public final class AccessLog implements AutoCloseable {
    /** Heap of the lines that wait to be written. */
    private static final long QUEUED_BYTES_MAX = 4 << 20;

    private static final int ID_CHARS_MAX = 128;
    private static final int ID_DIGITS = 16;

    // traceparent: version "-" trace-id "-" parent-id "-" flags (W3C Trace Context, section 3.2)
    private static final int TRACE_START = 3;
    private static final int TRACE_END = TRACE_START + 32;
    private static final int TRACEPARENT_CHARS = TRACE_END + 1 + 16 + 1 + 2;

    private final LineQueue<AccessLine> lines;

    private AccessLog(LineQueue<AccessLine> lines) {
        this.lines = lines;
    }

    /**
     * {@return the log that a configuration names; null for none}
     *
     * @throws IllegalArgumentException if it names a file, but no format
     * @throws IOException if the file cannot be written
     */
    public static @Nullable AccessLog open(ServerConfig config) throws IOException {
        AccessLogConfig access = config.accessLog();
        access.check();
        if (!access.isOn()) {
            return null;
        }
        Path file = access.path();
        LineTarget target = file == null ? LineTarget.standardOutput() : LineTarget.file(file);
        AccessText text =
                new AccessText(access.format(), config.root(), config.limits().tenantPattern());
        return new AccessLog(new LineQueue<>("the access log", "streamkeeper-access", QUEUED_BYTES_MAX, text, target));
    }

    /** Adds a line; does not block. Returns false if it is dropped, because too many lines wait. */
    public boolean add(AccessLine line) {
        return lines.add(line, line.memoryBytes());
    }

    /**
     * {@return the id of a request: the client's own if it is valid, or else that of its trace, or else a new one}
     *
     * @param requestId the value of {@code X-Request-Id}; null for none
     * @param trace the value of {@code traceparent}; null for none
     */
    public static String id(@Nullable String requestId, @Nullable String trace) {
        if (requestId != null && isId(requestId)) {
            return requestId;
        }
        if (trace != null && isTraceParent(trace)) {
            return trace.substring(TRACE_START, TRACE_END);
        }
        String digits = Long.toHexString(ThreadLocalRandom.current().nextLong());
        return "0".repeat(ID_DIGITS - digits.length()) + digits;
    }

    /** Whether a text has only characters that need no quotes in any format of logs. */
    private static boolean isId(String text) {
        return !text.isEmpty() && text.length() <= ID_CHARS_MAX && text.chars().allMatch(AccessLog::isIdChar);
    }

    private static boolean isIdChar(int c) {
        return (c >= '0' && c <= '9')
                || (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || "-._~:/+=@".indexOf(c) >= 0;
    }

    /** Whether a text is of the version of today, with a trace that is not zero. */
    private static boolean isTraceParent(String text) {
        if (text.length() != TRACEPARENT_CHARS || !text.startsWith("00-")) {
            return false;
        }
        boolean isZero = true;
        for (int i = TRACE_START; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean isDash = i == TRACE_END || i == TRACE_END + 1 + ID_DIGITS;
            if (isDash ? c != '-' : !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
                return false;
            }
            isZero &= i >= TRACE_END || c == '0';
        }
        return !isZero;
    }

    /** Writes what waits, and ends; no line may follow. */
    @Override
    public void close() {
        lines.close();
    }
}
