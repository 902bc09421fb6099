package io.streamkeeper.storage.stream;

import io.streamkeeper.protocol.Retention;
import io.streamkeeper.storage.record.RunLimits;

/**
 * What retention lets go of: whole runs from the beginning, as many as can go without less being kept than was asked for,
 * and those that are too old. So nothing is cut inside a message, or, of a stream of bytes, inside an append, of which a long
 * one may be several runs; and as the runs of such a stream are short, see
 * {@link RunLimits}, little more is kept than was asked for.
 *
 * <p>A run from a time to come was written when the clock was ahead. It is no newer than the runs after it, and goes with the
 * first of them that goes.
 */
public final class RetentionPolicy {
    /** The appends of one run are at most this part of the age apart. */
    private static final int AGE_GRAIN = 64;

    private static final long AGE_MILLIS_MIN = 100;

    private RetentionPolicy() {}

    /** How long the runs of a stream may be. */
    public static RunLimits limits(Retention retention) {
        if (retention.isNone()) {
            return RunLimits.ANY;
        }
        long bytes = retention.maxBytes() < 0 ? Long.MAX_VALUE : retention.maxBytes() / RunLimits.RETAINED_PARTS;
        long messages =
                retention.maxMessages() < 0 ? Long.MAX_VALUE : retention.maxMessages() / RunLimits.RETAINED_PARTS;
        long millis = retention.maxAgeSeconds() < 0
                ? Long.MAX_VALUE
                : Math.max(AGE_MILLIS_MIN, retention.maxAgeSeconds() * 1_000 / AGE_GRAIN);
        return new RunLimits(
                (int) Math.max(1, Math.min(RunLimits.RUN_BYTES_MAX, bytes)),
                (int) Math.max(1, Math.min(Integer.MAX_VALUE, messages)),
                millis);
    }

    /** The first position that a stream keeps at {@code nowMillis}, by everything that is staged. */
    public static long earliest(StreamState stream, long nowMillis) {
        StreamContent content = stream.content();
        Retention retention = stream.retention();
        long earliest = stream.earliest();
        if (earliest < content.start()
                && goes(
                        retention,
                        content,
                        content.start(),
                        content.startMessages(),
                        nowMillis - stream.createdMillis())) {
            earliest = content.start();
        }
        if (earliest < content.start()) {
            return earliest;
        }
        for (int run = content.runAt(earliest); run < content.runCount(); run++) {
            long ageMillis = nowMillis - content.runMillis(run);
            boolean goes = goes(retention, content, content.runEnd(run), content.messagesBeforeRun(run + 1), ageMillis);
            if (goes && content.endsAppend(run)) {
                earliest = content.runEnd(run);
            } else if (!goes && (ageMillis >= 0 || retention.maxAgeSeconds() < 0)) {
                break;
            }
        }
        return earliest;
    }

    /** Whether what ends at {@code end}, behind {@code messages} messages, and is of such an age can go. */
    private static boolean goes(Retention retention, StreamContent content, long end, long messages, long ageMillis) {
        boolean tooMany = retention.maxBytes() >= 0 && content.end() - end >= retention.maxBytes();
        tooMany |= retention.maxMessages() >= 0 && content.messageCount() - messages >= retention.maxMessages();
        return tooMany || (retention.maxAgeSeconds() >= 0 && ageMillis > retention.maxAgeSeconds() * 1_000);
    }
}
