package io.streamkeeper.server.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.streamkeeper.protocol.Body;
import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.LiveMode;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Preconditions;
import io.streamkeeper.protocol.ReadRange;
import io.streamkeeper.protocol.ReadStart;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.directory.DirectoryLock;
import io.streamkeeper.storage.disk.Clock;
import io.streamkeeper.storage.disk.LocalDisk;
import io.streamkeeper.storage.memory.ReadBudget;
import io.streamkeeper.storage.provider.StorageProvider;
import io.streamkeeper.storage.recovery.StorageConfig;
import io.streamkeeper.storage.stream.ProducerLimits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Pages of stored data that are longer than the memory that one read may take. */
@Timeout(60)
class PageMemoryTest {
    private static final StreamPath PATH = StreamPath.of("stream");
    private static final int READS_BYTES = 1 << 20;
    private static final int STREAM_BYTES = 700_000;

    @TempDir
    Path directory;

    private final LocalDisk disk = new LocalDisk();
    private EventLoopGroup loops;
    private FileStores stores;
    private Shards shards;

    @BeforeEach
    void open() throws IOException {
        loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        DirectoryLock lock = DirectoryLock.take(disk, directory);
        DataDirectory data = DataDirectory.open(disk, directory, 1, 1, false);
        StorageConfig config = new StorageConfig(true, 8 << 20, 60_000, 1 << 20, 16 << 20, ProducerLimits.DEFAULT);
        stores = new FileStores(
                disk, data, lock, config, StorageProvider.LOCAL, new ReadBudget(READS_BYTES), Clock.SYSTEM);
        shards = new Shards(stores, loops);
        shards.start();
    }

    @AfterEach
    void close() {
        shards.close();
        loops.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
        stores.close();
    }

    private Outcome execute(Command command) throws Exception {
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        shards.of(PATH).execute(command, 1 << 20, outcome::complete);
        return outcome.get(30, TimeUnit.SECONDS);
    }

    private Outcome.Chunk pageBefore(ReadStart end) throws Exception {
        ReadRange range = new ReadRange(ReadRange.NONE, 600_000, null, true);
        Outcome page = execute(new Command.Read(PATH, end, LiveMode.NONE, -1, null, range));
        assertThat(page).isInstanceOf(Outcome.Chunk.class);
        return (Outcome.Chunk) page;
    }

    @Test
    void suchAPageBeginsLater() throws Exception {
        execute(new Command.Create(
                PATH,
                ContentType.OCTET_STREAM,
                Expiry.never(),
                Retention.none(),
                false,
                null,
                Preconditions.NONE,
                Body.of(Unpooled.buffer().writeZero(STREAM_BYTES))));
        shards.checkpointNow().get(30, TimeUnit.SECONDS);

        long end = STREAM_BYTES;
        ReadStart before = new ReadStart.Now();
        while (end > 0) {
            Outcome.Chunk page = pageBefore(before);
            int bytes = page.bytes().readableBytes();
            page.bytes().release();
            assertThat(page.next().position()).isEqualTo(end);
            assertThat(bytes).isBetween(1, READS_BYTES / 8);
            end = page.start().position();
            before = new ReadStart.At(page.start());
        }
    }
}
