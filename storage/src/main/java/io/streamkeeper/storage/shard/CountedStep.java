package io.streamkeeper.storage.shard;

import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.storage.stream.StreamState;

/** A step that reports the change of {@link StreamUsage} which its record causes, and the opposite if it is undone. */
final class CountedStep implements CommitQueue.Step {
    private final StreamUsage usage;
    private final CommitQueue.Step step;
    private final String path;
    private final int streams;
    private final long bytes;

    private CountedStep(StreamUsage usage, CommitQueue.Step step, String path, int streams, long bytes) {
        this.usage = usage;
        this.step = step;
        this.path = path;
        this.streams = streams;
        this.bytes = bytes;
    }

    /** Reports the change from the usage before the record was applied; returns the step to be published or undone. */
    static CommitQueue.Step of(
            StreamUsage usage, CommitQueue.Step step, StreamState stream, int streamsBefore, long bytesBefore) {
        int streams = streams(stream) - streamsBefore;
        long bytes = bytes(stream) - bytesBefore;
        if (streams == 0 && bytes == 0) {
            return step;
        }
        usage.changed(stream.pathText(), streams, bytes);
        return new CountedStep(usage, step, stream.pathText(), streams, bytes);
    }

    /** Whether a stream counts, as staged. */
    static int streams(StreamState stream) {
        return stream.isDropped() ? 0 : 1;
    }

    /** The bytes of a stream that count, as staged. */
    static long bytes(StreamState stream) {
        if (stream.isDropped()) {
            return 0;
        }
        return stream.tail() - Math.max(stream.kept(), stream.ownStart());
    }

    @Override
    public void publish() {
        step.publish();
    }

    @Override
    public void undo() {
        step.undo();
        usage.changed(path, -streams, -bytes);
    }

    @Override
    public boolean again(Refusal refusal) {
        return step.again(refusal);
    }
}
