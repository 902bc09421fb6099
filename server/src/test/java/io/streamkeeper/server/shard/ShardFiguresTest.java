package io.streamkeeper.server.shard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.streamkeeper.protocol.Body;
import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Preconditions;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.protocol.output.LogsFaults;
import io.streamkeeper.server.metrics.Metric;
import io.streamkeeper.server.metrics.MetricsSnapshot;
import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.directory.DirectoryLock;
import io.streamkeeper.storage.disk.Clock;
import io.streamkeeper.storage.disk.DiskException;
import io.streamkeeper.storage.disk.FaultyDisk;
import io.streamkeeper.storage.disk.LocalDisk;
import io.streamkeeper.storage.memory.ReadBudget;
import io.streamkeeper.storage.provider.StorageProvider;
import io.streamkeeper.storage.recovery.StorageConfig;
import io.streamkeeper.storage.stream.ProducerLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a shard in files measures, also while its disk fails. */
@Timeout(60)
class ShardFiguresTest {
    private static final int SEGMENT_BYTES = 1 << 20;

    @TempDir
    Path directory;

    private final FaultyDisk disk = new FaultyDisk(new LocalDisk());
    private EventLoopGroup loops;
    private FileStores stores;
    private Shards shards;

    @BeforeEach
    void open() throws IOException {
        loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        DirectoryLock lock = DirectoryLock.take(disk, directory);
        DataDirectory data = DataDirectory.open(disk, directory, 1, 1, false);
        StorageConfig config =
                new StorageConfig(true, 1 << 20, 60_000, SEGMENT_BYTES, 16 << 20, ProducerLimits.DEFAULT);
        stores = new FileStores(disk, data, lock, config, StorageProvider.LOCAL, new ReadBudget(1 << 20), Clock.SYSTEM);
        shards = new Shards(stores, loops);
        shards.start();
    }

    @AfterEach
    void close() {
        disk.faults(FaultyDisk.Faults.NONE);
        shards.close();
        loops.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
        stores.close();
    }

    private Outcome create(String path) throws Exception {
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        StreamPath at = StreamPath.of(path);
        Command.Create create = new Command.Create(
                at,
                ContentType.OCTET_STREAM,
                Expiry.never(),
                Retention.none(),
                false,
                null,
                Preconditions.NONE,
                Body.of(Unpooled.copiedBuffer("one", UTF_8)));
        shards.of(at).execute(create, 1 << 20, outcome::complete);
        return outcome.get(30, TimeUnit.SECONDS);
    }

    private MetricsSnapshot metrics() throws Exception {
        return shards.counters().snapshot().get(30, TimeUnit.SECONDS).build();
    }

    /** Whether the background has written the segment after the live one: until then a fault of a write may be its. */
    private boolean isNextSegmentWritten() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            List<Path> segments =
                    files.filter(file -> file.toString().endsWith(".wal")).toList();
            int whole = 0;
            for (Path segment : segments) {
                whole += Files.size(segment) == SEGMENT_BYTES ? 1 : 0;
            }
            return whole == 2;
        }
    }

    @Test
    void aGroupCommitIsMeasuredBeforeItIsAcknowledged() throws Exception {
        assertThat(create("a")).isInstanceOf(Outcome.Created.class);

        assertThat(metrics().histogram(Metric.BATCH_RECORDS).sum()).isEqualTo(1);
        assertThat(metrics().histogram(Metric.BATCH_BYTES).sum()).isPositive();
        assertThat(metrics().histogram(Metric.SYNC_SECONDS).count()).isEqualTo(1);
        assertThat(shards.backlogBytes()).isPositive();
    }

    @Test
    @LogsFaults("the journal has failed")
    void aFailedSyncIsCountedAndNothingIsMeasuredOfIt() throws Exception {
        create("a");
        disk.faults((operation, path) -> {
            // The background syncs the next segment at about the same time, and would log a failure of that.
            boolean isJournal = !Thread.currentThread().getName().contains("background");
            if (operation == DiskException.Operation.SYNC && isJournal) {
                throw new IOException("the sync fails on purpose");
            }
        });

        assertThat(((Refusal) create("b")).code()).isEqualTo(ErrorCode.STORAGE_FAILED);

        assertThat(metrics().value(Metric.JOURNAL_FAILURES)).isEqualTo(1);
        assertThat(metrics().histogram(Metric.SYNC_SECONDS).count()).isEqualTo(1);
        assertThat(shards.failedCount()).isEqualTo(1);
    }

    @Test
    void aGroupThatTheDiskRefusesIsCounted() throws Exception {
        create("a");
        await().until(this::isNextSegmentWritten);
        disk.faults((operation, path) -> {
            if (operation == DiskException.Operation.WRITE && path.toString().endsWith(".wal")) {
                disk.faults(FaultyDisk.Faults.NONE);
                throw new IOException("the write fails on purpose");
            }
        });

        assertThat(create("b")).isInstanceOf(Refusal.class);

        await().untilAsserted(() ->
                assertThat(metrics().value(Metric.BATCHES_REFUSED)).isEqualTo(1));
        assertThat(create("c")).isInstanceOf(Outcome.Created.class);
    }
}
