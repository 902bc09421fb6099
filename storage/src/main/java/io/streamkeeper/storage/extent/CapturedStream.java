package io.streamkeeper.storage.extent;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.storage.memory.Block;
import io.streamkeeper.storage.record.RunLimits;
import io.streamkeeper.storage.stream.StoredRuns;
import io.streamkeeper.storage.stream.StreamContent;
import io.streamkeeper.storage.stream.StreamState;
import java.io.IOException;

/**
 * The state of a stream on its way to an extent file: its description, and those of its runs that are in blocks, which no
 * file has. Captured by the thread that owns the stream, then written by any one. It retains the memory of the runs until
 * {@link #release}.
 */
public final class CapturedStream {
    private final StreamState stream;
    private final ByteBuf meta;
    private final long start;
    private final long bytes;
    private final long messagesBefore;
    private final boolean timed;
    private final boolean joins;
    private final CapturedRuns runs;

    private CapturedStream(StreamState stream, int firstRun) {
        StreamContent content = stream.content();
        this.stream = stream;
        this.meta = stream.meta().encode();
        this.start = content.runStart(firstRun);
        this.bytes = content.end() - start;
        this.messagesBefore = content.messagesBeforeRun(firstRun);
        this.timed = content.limits().millisMax() != Long.MAX_VALUE;
        this.joins = content.limits().equals(RunLimits.ANY);
        this.runs = new CapturedRuns(content, firstRun);
    }

    /** Captures a stream as it is now, with everything that is staged; its last run is not lengthened any more. */
    public static CapturedStream of(StreamState stream) {
        StreamContent content = stream.content();
        content.seal();
        int first = content.runCount();
        while (first > 0 && content.place(first - 1) instanceof Block) {
            first--;
        }
        return new CapturedStream(stream, first);
    }

    StreamState stream() {
        return stream;
    }

    /** Bytes of the runs. */
    long bytes() {
        return bytes;
    }

    /** Writes the entry of the stream; streams are written in the order of their generations. */
    public StoredRuns writeTo(ExtentWriter out) throws IOException {
        out.begin(stream.generation(), meta, start, messagesBefore, timed);
        RunJoiner joiner = new RunJoiner(out, stream.content().isJson(), joins);
        runs.writeTo(joiner);
        joiner.end();
        return out.end();
    }

    /** Releases the memory of the runs; called once. */
    public void release() {
        runs.release();
    }
}
