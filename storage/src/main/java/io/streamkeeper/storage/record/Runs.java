package io.streamkeeper.storage.record;

import io.streamkeeper.protocol.JsonMessages;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The runs that the stored bytes of one request are divided into: adjacent pieces, which for a JSON stream contain
 * whole messages. Usually a single run. Immutable.
 */
public final class Runs {
    public static final Runs NONE = new Runs(0, 0, null);

    private final int bytes;
    private final int messages;
    private final int @Nullable [] parts;

    private Runs(int bytes, int messages, int @Nullable [] parts) {
        this.bytes = bytes;
        this.messages = messages;
        this.parts = parts;
    }

    /** A single run. */
    static Runs one(int bytes, int messages) {
        return new Runs(bytes, messages, null);
    }

    /** Runs whose numbers of bytes and messages alternate in {@code parts}. */
    public static Runs of(int[] parts) {
        int bytes = 0;
        int messages = 0;
        for (int i = 0; i < parts.length; i += 2) {
            bytes += parts[i];
            messages += parts[i + 1];
        }
        return parts.length <= 2 ? one(bytes, messages) : new Runs(bytes, messages, parts);
    }

    /**
     * Divides messages into runs that are as long as {@code limits} allow, or longer if retention trims them at once; a
     * message that exceeds the limit is a separate run.
     */
    public static Runs of(JsonMessages split, RunLimits limits) {
        if (split.storedBytes() <= limits.bytesMax() && split.count() <= limits.messagesMax()) {
            return one(split.storedBytes(), split.count());
        }
        int[] parts = new int[16];
        int used = 0;
        int first = 0;
        int firstKept = limits.firstKept(split);
        while (first < split.count()) {
            int next = first < firstKept
                    ? Math.min(firstKept, endOfRun(split, first, RunLimits.ANY))
                    : endOfRun(split, first, limits);
            parts = used == parts.length ? Arrays.copyOf(parts, 2 * used) : parts;
            parts[used] = split.end(next - 1) + 1 - split.start(first);
            parts[used + 1] = next - first;
            used += 2;
            first = next;
        }
        return of(Arrays.copyOf(parts, used));
    }

    /**
     * The index of the message after the run that begins with message {@code first}; the run has at least that message.
     */
    private static int endOfRun(JsonMessages split, int first, RunLimits limits) {
        long lastEnd = (long) split.start(first) + limits.bytesMax() - 1;
        int byBytes = split.firstEndingAfter(first, (int) Math.min(lastEnd, Integer.MAX_VALUE));
        long byCount = (long) first + limits.messagesMax();
        return (int) Math.max(first + 1, Math.min(byBytes, byCount));
    }

    /** Stored bytes of all runs. */
    public int bytes() {
        return bytes;
    }

    /** Messages of all runs; 1 for an append to a stream of bytes. */
    public int messages() {
        return messages;
    }

    public int count() {
        return parts == null ? 1 : parts.length / 2;
    }

    public int bytes(int run) {
        return parts == null ? bytes : parts[2 * run];
    }

    public int messages(int run) {
        return parts == null ? messages : parts[2 * run + 1];
    }
}
