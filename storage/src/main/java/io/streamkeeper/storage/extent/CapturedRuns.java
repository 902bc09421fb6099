package io.streamkeeper.storage.extent;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.storage.memory.Block;
import io.streamkeeper.storage.stream.StreamContent;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The runs of one stream on their way to an extent file: a few numbers for each, because a checkpoint has a run for each
 * append. Created on the shard's loop, then used by one background thread. It retains the memory of a block once for the
 * runs that follow each other in it, until {@link #release}.
 */
final class CapturedRuns {
    /** The numbers of a run in {@link #numbers}: its index in the memory, its bytes and its messages. */
    private static final int NUMBERS = 3;

    private final ByteBuf[] memory;
    private final int[] numbers;
    private final long[] millis;
    private final @Nullable ByteBuf[] lengths;

    /** The runs of {@code content} from {@code first} on, which are in blocks. */
    CapturedRuns(StreamContent content, int first) {
        int count = content.runCount() - first;
        memory = new ByteBuf[count];
        numbers = new int[NUMBERS * count];
        millis = new long[count];
        lengths = new ByteBuf[count];
        for (int i = 0; i < count; i++) {
            int run = first + i;
            memory[i] = ((Block) content.place(run)).memory();
            numbers[NUMBERS * i] = content.index(run);
            numbers[NUMBERS * i + 1] = (int) (content.runEnd(run) - content.runStart(run));
            numbers[NUMBERS * i + 2] = (int) (content.messagesBeforeRun(run + 1) - content.messagesBeforeRun(run));
            millis[i] = content.runMillis(run);
            lengths[i] = content.lengthsInMemory(run);
        }
        for (int i = 0; i < count; i++) {
            if (isFirstInMemory(i)) {
                memory[i].retain();
            }
        }
    }

    @SuppressWarnings("ReferenceEquality")
    private boolean isFirstInMemory(int run) {
        return run == 0 || memory[run] != memory[run - 1];
    }

    void writeTo(RunJoiner joiner) throws IOException {
        for (int i = 0; i < memory.length; i++) {
            ByteBuf bytes = memory[i].slice(numbers[NUMBERS * i], numbers[NUMBERS * i + 1]);
            joiner.add(bytes, numbers[NUMBERS * i + 2], lengths[i], millis[i]);
        }
    }

    void release() {
        for (int i = 0; i < memory.length; i++) {
            if (isFirstInMemory(i)) {
                memory[i].release();
            }
        }
    }
}
