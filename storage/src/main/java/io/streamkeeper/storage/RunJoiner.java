package io.streamkeeper.storage;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.storage.extent.ExtentWriter;
import java.io.IOException;

/**
 * Lays the runs of one entry down: small ones joined, so that there are fewer, and those of a stream of bytes cut where they
 * are long, so that a read of a few bytes does not need many. Used by one background thread.
 */
final class RunJoiner {
    private final ExtentWriter out;
    private final boolean json;
    private final boolean joins;
    private int messages;
    private long millis;

    /**
     * Lays down an entry that was begun.
     *
     * @param json whether a run must not be cut
     * @param joins whether runs may be joined; retention lets go of whole runs
     */
    RunJoiner(ExtentWriter out, boolean json, boolean joins) {
        this.out = out;
        this.json = json;
        this.joins = joins;
    }

    void add(ByteBuf bytes, int runMessages, long runMillis) throws IOException {
        boolean fits = joins
                && RunLimits.ANY.allow((long) out.runBytes() + bytes.readableBytes(), (long) messages + runMessages);
        if (!fits) {
            end();
        }
        millis = runMillis;
        ByteBuf rest = bytes.slice();
        while (!json && rest.readableBytes() > RunLimits.RUN_BYTES_MAX) {
            out.data(rest.readSlice(RunLimits.RUN_BYTES_MAX));
            end();
        }
        out.data(rest);
        messages += runMessages;
    }

    /** Ends the run that is being laid down. */
    void end() {
        if (out.runBytes() > 0) {
            out.endRun(messages, millis);
            messages = 0;
        }
    }
}
