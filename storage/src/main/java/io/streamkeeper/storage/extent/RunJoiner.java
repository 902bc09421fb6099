package io.streamkeeper.storage.extent;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.streamkeeper.storage.disk.Variable;
import io.streamkeeper.storage.record.RunLimits;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Writes the runs of one entry. It joins small runs, so that an entry has fewer, and cuts long runs of a stream of
 * bytes, so that a read of a few bytes does not have to read many. Of a stream of bytes it keeps the lengths of the
 * appends in each run; if an append is cut, only its last run counts it. Used by one background thread.
 */
public final class RunJoiner {
    private final ExtentWriter out;
    private final boolean json;
    private final boolean joins;
    private final ByteBuf lengths = Unpooled.buffer();
    private int messages;
    private long millis;

    /**
     * Writes an entry that was begun.
     *
     * @param json whether a run must not be cut
     * @param joins whether runs may be joined; retention releases whole runs
     */
    public RunJoiner(ExtentWriter out, boolean json, boolean joins) {
        this.out = out;
        this.json = json;
        this.joins = joins;
    }

    /**
     * Adds a run.
     *
     * @param runLengths the lengths of its appends if it has more than one and is of a stream of bytes; borrowed
     */
    public void add(ByteBuf bytes, int runMessages, @Nullable ByteBuf runLengths, long runMillis) throws IOException {
        boolean cut = runMessages == 0;
        boolean fits = joins
                && !cut
                && RunLimits.ANY.allow((long) out.runBytes() + bytes.readableBytes(), (long) messages + runMessages);
        if (!fits) {
            end();
        }
        millis = runMillis;
        ByteBuf rest = bytes.slice();
        while (!json && runMessages <= 1 && rest.readableBytes() > RunLimits.RUN_BYTES_MAX) {
            out.data(rest.readSlice(RunLimits.RUN_BYTES_MAX));
            end();
        }
        out.data(rest);
        messages += runMessages;
        if (cut) {
            end();
        } else if (!json) {
            addLengths(runLengths, rest.readableBytes());
        }
    }

    private void addLengths(@Nullable ByteBuf known, int bytes) {
        if (known == null) {
            Variable.write(lengths, bytes);
        } else {
            lengths.writeBytes(known, known.readerIndex(), known.readableBytes());
        }
    }

    /** Ends the run that is being written. */
    public void end() throws IOException {
        if (out.runBytes() > 0) {
            out.endRun(messages, !json && messages > 1 ? lengths : null, millis);
            messages = 0;
            lengths.clear();
        }
    }
}
