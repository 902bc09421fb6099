package io.streamkeeper.server.shard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.streamkeeper.protocol.Body;
import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.ForkOrigin;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Preconditions;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.protocol.output.LogsFaults;
import io.streamkeeper.storage.ForwardingJournal;
import io.streamkeeper.storage.disk.Clock;
import io.streamkeeper.storage.extent.MemoryExtentStore;
import io.streamkeeper.storage.journal.MemoryJournal;
import io.streamkeeper.storage.memory.MemoryBudget;
import io.streamkeeper.storage.memory.ReadBudget;
import io.streamkeeper.storage.shard.ShardStore;
import io.streamkeeper.storage.stream.ProducerLimits;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A fork whose creation fails between the shards gives back what it counted at its source. */
class ForkCreationFaultsTest {
    private static final int SHARDS = 2;
    private static final StreamPath SOURCE = StreamPath.of("source");

    private final MemoryBudget memory = new MemoryBudget(1 << 24);
    private volatile boolean fails;
    private EventLoopGroup loops;
    private Shards shards;

    /** A journal that cannot be asked for a sync. */
    private final class FaultyJournal extends ForwardingJournal {
        FaultyJournal() {
            super(new MemoryJournal(memory));
        }

        @Override
        public void whenSynced(long lsn, Synced then) {
            if (fails) {
                throw new StackOverflowError("a fault of the test");
            }
            super.whenSynced(lsn, then);
        }
    }

    private final class FaultyStores implements Stores {
        @Override
        public int shards() {
            return SHARDS;
        }

        @Override
        public ShardStore open(int shard, Executor loop, ShardStore.SourceReleaser releaser) {
            return new ShardStore(
                    shard,
                    SHARDS,
                    new FaultyJournal(),
                    new MemoryExtentStore(memory),
                    new ReadBudget(0),
                    Clock.SYSTEM,
                    releaser,
                    ProducerLimits.DEFAULT);
        }

        @Override
        public void close() {
            // The stores have given their memory back.
        }
    }

    @BeforeEach
    void start() throws IOException {
        loops = new MultiThreadIoEventLoopGroup(SHARDS, NioIoHandler.newFactory());
        shards = new Shards(new FaultyStores(), loops);
    }

    @AfterEach
    void stop() {
        shards.close();
        loops.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private Outcome execute(Command command) throws Exception {
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        shards.of(command.path()).execute(command, 1 << 20, outcome::complete);
        return outcome.get(30, TimeUnit.SECONDS);
    }

    private static Command.Create create(StreamPath path, ForkOrigin fork) {
        return new Command.Create(
                path,
                fork == null ? ContentType.OCTET_STREAM : null,
                Expiry.never(),
                Retention.none(),
                false,
                fork,
                Preconditions.NONE,
                fork == null ? Body.of(Unpooled.copiedBuffer("one", UTF_8)) : Body.empty());
    }

    /** A path that another shard than the source's has. */
    private static StreamPath elsewhere() {
        StreamPath path = StreamPath.of("fork");
        while (path.shard(SHARDS) == SOURCE.shard(SHARDS)) {
            path = StreamPath.of(path.value() + "x");
        }
        return path;
    }

    /** How many streams the source's shard holds, after all that its loop had to do before. */
    private int held() throws Exception {
        Shard owner = shards.of(SOURCE);
        CompletableFuture<Integer> count = new CompletableFuture<>();
        owner.loop()
                .execute(() -> owner.turns()
                        .add(() -> owner.loop()
                                .execute(() -> count.complete(owner.store().streamCount()))));
        return count.get(30, TimeUnit.SECONDS);
    }

    @Test
    @LogsFaults("a request has failed")
    void whatTheSourceCountsIsGivenBackWhenItsSyncCannotBeAskedFor() throws Exception {
        execute(create(SOURCE, null));
        fails = true;
        Outcome outcome = execute(create(elsewhere(), new ForkOrigin(SOURCE, null, 0)));
        fails = false;
        assertThat(((Refusal) outcome).code().code()).isEqualTo("internal_error");
        held();
        execute(new Command.Delete(SOURCE, Preconditions.NONE));
        assertThat(held()).as("a deleted stream that nobody was forked from").isZero();
    }
}
