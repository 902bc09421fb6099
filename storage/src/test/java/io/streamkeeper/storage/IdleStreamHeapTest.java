package io.streamkeeper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.disk.Disk;
import io.streamkeeper.storage.disk.LocalDisk;
import io.streamkeeper.storage.memory.Budget;
import io.streamkeeper.storage.memory.ReadBudget;
import io.streamkeeper.storage.provider.StorageProvider;
import io.streamkeeper.storage.recovery.FileShard;
import io.streamkeeper.storage.recovery.StorageConfig;
import io.streamkeeper.storage.shard.ShardStore;
import io.streamkeeper.storage.stream.ProducerLimits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** An idle stream takes little heap, and the estimate that bounds the heap of all streams is not below it (I7). */
@ExtendWith(UntrackedBuffers.class)
class IdleStreamHeapTest {
    /** The heap of a stream with a path of up to 16 characters. */
    private static final long BYTES_MAX = 250;

    /** What the lengths of several appends add. */
    private static final long LENGTHS_BYTES_MAX = 32;

    /** What a producer adds. */
    private static final long PRODUCER_BYTES_MAX = 200;

    private static final int STREAMS = 16_384;

    /** What other objects of the process may take in addition. */
    private static final long OTHERS_BYTES_MAX = 24 << 10;

    private static final int BATCH = 512;

    @TempDir
    private Path directory;

    private final Disk disk = new LocalDisk();
    private final ManualClock clock = new ManualClock(1_700_000_000_000L);
    private final Budget heap = new Budget("tests", 1L << 30);
    private SimulatedThreads threads = new SimulatedThreads(new Random(1));
    private ShardStore store;

    @BeforeEach
    void start() throws IOException {
        threads = new SimulatedThreads(new Random(1));
        store = FileShard.open(
                disk,
                DataDirectory.open(disk, directory, 0, 1, false),
                0,
                new StorageConfig(false, 1 << 20, 1_000_000, 1 << 20, 1 << 26, ProducerLimits.DEFAULT),
                StorageProvider.LOCAL,
                threads.threads(),
                new ReadBudget(1 << 20),
                clock,
                (path, generation, done) -> done.run());
        store.settle();
        threads.runAll();
        store.limitHeap(heap);
    }

    @AfterEach
    void stop() {
        threads.runAll();
        store.close();
        threads.runAll();
    }

    /** What makes one stream. */
    private interface Writes {
        void to(String path);
    }

    private void write(int from, int to, Writes writes) {
        for (int i = from; i < to; i++) {
            writes.to("streams/" + i);
            if (i % BATCH == BATCH - 1) {
                threads.runAll();
            }
        }
        clock.advance(2_000_000);
        for (int i = 0; i < 4; i++) {
            store.checkpointAndCompact();
            threads.runAll();
        }
    }

    /**
     * The heap of one of many streams that were written to and then checkpointed. Before it is measured, as many are
     * created as fill the history of changes, which does not grow with the streams.
     */
    private long bytesOfEach(Writes writes) {
        write(0, STREAMS, writes);
        assertThat(store.changes().first()).as("oldest change that is kept").isGreaterThan(1);
        long bytesBefore = LiveHeap.bytes();
        long estimateBefore = heap.usedBytes();
        write(STREAMS, 2 * STREAMS, writes);
        long bytes = (LiveHeap.bytes() - bytesBefore - OTHERS_BYTES_MAX) / STREAMS;
        long estimate = (heap.usedBytes() - estimateBefore) / STREAMS;
        assertThat(estimate).as("estimate of " + bytes + " bytes").isBetween(bytes, bytes + bytes / 6);
        return bytes;
    }

    private void create(CreateRequest request) {
        store.create(request.command(), null, outcome -> assertThat(outcome).isInstanceOf(Outcome.Created.class));
    }

    private void append(AppendRequest request) {
        store.append(request.command(), outcome -> assertThat(outcome).isInstanceOf(Outcome.Appended.class));
    }

    @Test
    void aStreamThatWasAppendedToOnce() {
        long bytes = bytesOfEach(path -> {
            create(CreateRequest.at(path));
            append(AppendRequest.to(path).text("some bytes"));
        });
        assertThat(bytes).isBetween(100L, BYTES_MAX);
    }

    @Test
    void aStreamThatWasAppendedToSeveralTimes() {
        long bytes = bytesOfEach(path -> {
            create(CreateRequest.at(path));
            for (int i = 0; i < 5; i++) {
                append(AppendRequest.to(path).text("some bytes"));
            }
        });
        assertThat(bytes).isBetween(100L, BYTES_MAX + LENGTHS_BYTES_MAX);
    }

    @Test
    void aStreamOfMessages() {
        long bytes = bytesOfEach(path -> {
            create(CreateRequest.at(path).type(ContentType.JSON));
            for (int i = 0; i < 5; i++) {
                append(AppendRequest.to(path).json("[1, 2, 3]"));
            }
        });
        assertThat(bytes).isBetween(100L, BYTES_MAX);
    }

    @Test
    void aStreamWithAProducer() {
        long bytes = bytesOfEach(path -> {
            create(CreateRequest.at(path));
            append(AppendRequest.to(path).text("some bytes").by("writer of " + path, 0, 0));
        });
        assertThat(bytes).isBetween(100L, BYTES_MAX + PRODUCER_BYTES_MAX);
    }
}
