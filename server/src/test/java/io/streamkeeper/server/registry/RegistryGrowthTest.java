package io.streamkeeper.server.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.streamkeeper.protocol.Body;
import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.JsonSplitter;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Preconditions;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.server.shard.Shards;
import io.streamkeeper.server.shard.TestStores;
import io.streamkeeper.storage.disk.Clock;
import io.streamkeeper.storage.memory.MemoryLedger;
import io.streamkeeper.storage.memory.MemoryPlan;
import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How long a registry becomes. */
@Timeout(60)
class RegistryGrowthTest {
    private final MemoryLedger memory = new MemoryLedger(MemoryPlan.ofMemory(256 << 20, 256 << 20, 0));
    private EventLoopGroup loops;
    private Shards shards;

    @BeforeEach
    void open() throws IOException {
        loops = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
        shards = new Shards(TestStores.inMemory(2, 1 << 27, Clock.SYSTEM), loops);
        shards.start();
    }

    @AfterEach
    void close() {
        shards.close();
        loops.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private void execute(Command command) {
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        shards.of(command.path()).execute(command, 0, outcome::complete);
        assertThat(outcome.join()).isNotInstanceOf(Refusal.class);
    }

    private void create(String path) {
        execute(new Command.Create(
                new StreamPath(path),
                ContentType.JSON,
                Expiry.never(),
                Retention.none(),
                false,
                null,
                Preconditions.NONE,
                Body.empty()));
    }

    private void delete(String path) {
        execute(new Command.Delete(new StreamPath(path), Preconditions.NONE));
    }

    /** What the registry says, and how many messages it has. */
    private final class Content implements RegistryMessages.Reader {
        private final Set<String> paths = new TreeSet<>();
        private final long count;

        Content() throws InterruptedException {
            count = new RegistryStream(shards, memory, JsonSplitter::new).read(this, () -> {});
        }

        @Override
        public void inserted(String path, String contentType, long createdMillis) {
            paths.add(path);
        }

        @Override
        public void deleted(String path) {
            paths.remove(path);
        }
    }

    @Test
    void itIsBegunAgainWhenItHasManyMoreMessagesThanThereAreStreams() throws Exception {
        create("kept");
        try (Registry registry = Registry.start(shards, memory, JsonSplitter::new, 50)) {
            for (int i = 0; i < 500; i++) {
                create("s/" + i);
                delete("s/" + i);
            }
            create("last");
            await().ignoreExceptions().until(() -> new Content().paths.equals(Set.of("kept", "last")));
            await().ignoreExceptions().until(() -> registry.behindNanos() == 0);
            assertThat(new Content().count).isLessThan(600);
        }
        assertThat(memory.descriptions().usedBytes()).isZero();
    }

    @Test
    void manyStreamsAreComparedAndThoseThatAreGoneAreDeleted() throws Exception {
        for (int i = 0; i < 3_000; i++) {
            create("many/" + i);
        }
        try (Registry registry = Registry.start(shards, memory, JsonSplitter::new)) {
            await().ignoreExceptions().until(() -> registry.behindNanos() == 0 && new Content().paths.size() == 3_000);
        }
        for (int i = 0; i < 3_000; i += 2) {
            delete("many/" + i);
        }
        create("new");
        try (Registry registry = Registry.start(shards, memory, JsonSplitter::new)) {
            await().ignoreExceptions().until(() -> registry.behindNanos() == 0 && new Content().paths.size() == 1_501);
            assertThat(new Content().count).isEqualTo(3_000 + 1_500 + 1);
            assertThat(new Content().paths).contains("many/1", "new").doesNotContain("many/2");
        }
    }
}
