package io.streamkeeper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.storage.memory.Budget;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The estimate that bounds the heap of streams is right for every shape of their state (I7). */
@ExtendWith(UntrackedBuffers.class)
class StreamHeapEstimateTest {
    /** What other objects of the process may take in addition. */
    private static final long OTHERS_BYTES_MAX = 96 << 10;

    /** What a shard takes without streams, and the properties that its streams share. */
    private static final long SHARED_BYTES_MAX = 128 << 10;

    @TempDir
    private Path directory;

    /** The estimate of the heap that streams take, and what they take. */
    private record Measured(long bytes, long estimate) {}

    /** The heap that writes take, after the checkpoint that follows them. */
    private static Measured measure(RealStore store, HeapShape shape, int from) {
        long bytesBefore = LiveHeap.bytes();
        long estimateBefore = store.heap().usedBytes();
        for (int i = from; i < from + shape.measuredWrites(); i++) {
            shape.write(store, i);
        }
        store.checkpoint();
        return new Measured(LiveHeap.bytes() - bytesBefore, store.heap().usedBytes() - estimateBefore);
    }

    private static void check(Measured measured, long othersBytesMax) {
        assertThat(measured.estimate())
                .as("estimate of %d bytes", measured.bytes())
                .isBetween(
                        measured.bytes() - othersBytesMax,
                        measured.bytes() + measured.bytes() * 3 / 10 + othersBytesMax);
    }

    @ParameterizedTest
    @EnumSource(HeapShape.class)
    void theEstimateIsNotBelowTheHeapThatStreamsTakeAndLittleAboveIt(HeapShape shape) throws IOException {
        check(ofRunning(shape), OTHERS_BYTES_MAX);
        check(ofStarted(), OTHERS_BYTES_MAX + SHARED_BYTES_MAX);
    }

    private Measured ofRunning(HeapShape shape) throws IOException {
        try (RealStore store = new RealStore(directory, new Budget("tests", 1L << 40))) {
            measure(store, shape, 0);
            return measure(store, shape, shape.measuredWrites());
        }
    }

    private Measured ofStarted() throws IOException {
        long bytesBefore = LiveHeap.bytes();
        try (RealStore store = new RealStore(directory, new Budget("tests", 1L << 40))) {
            return new Measured(LiveHeap.bytes() - bytesBefore, store.heap().usedBytes());
        }
    }
}
