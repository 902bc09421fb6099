package io.streamkeeper.storage.stream;

import io.streamkeeper.protocol.Retention;

/**
 * Decides what retention trims: whole runs from the beginning, as many as possible while the requested amount is kept,
 * and runs that are too old. So it cuts no message and, in a stream of bytes, no append; a long append may have several
 * runs. The runs of such a stream are short, see {@code RunLimits}, so little more is kept than requested.
 *
 * <p>A run whose time is in the future was written when the clock was ahead. It is not newer than the runs after it,
 * and is trimmed with the first of them.
 */
public final class RetentionPolicy {
    private RetentionPolicy() {}

    /** The first position that a stream keeps at {@code nowMillis}, including staged data. */
    public static long earliest(StreamState stream, long nowMillis) {
        StreamContent content = stream.content();
        Retention retention = stream.config().retention();
        long earliest = stream.earliest();
        if (earliest < content.start()
                && isTrimmed(
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
            boolean trimmed =
                    isTrimmed(retention, content, content.runEnd(run), content.messagesBeforeRun(run + 1), ageMillis);
            if (trimmed && content.endsAppend(run)) {
                earliest = content.runEnd(run);
            } else if (!trimmed && (ageMillis >= 0 || retention.maxAgeSeconds() < 0)) {
                break;
            }
        }
        return earliest;
    }

    /**
     * Whether retention trims data of age {@code ageMillis} that ends at {@code end} after {@code messages} messages.
     */
    private static boolean isTrimmed(
            Retention retention, StreamContent content, long end, long messages, long ageMillis) {
        boolean tooMany = retention.maxBytes() >= 0 && content.end() - end >= retention.maxBytes();
        tooMany |= retention.maxMessages() >= 0 && content.messageCount() - messages >= retention.maxMessages();
        return tooMany || (retention.maxAgeSeconds() >= 0 && ageMillis > retention.maxAgeSeconds() * 1_000);
    }
}
