package io.streamkeeper.server.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streamkeeper.protocol.JsonSplitter;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.protocol.output.LogsFaults;
import io.streamkeeper.server.shard.Shards;
import io.streamkeeper.server.shard.ShardsRig;
import io.streamkeeper.storage.memory.MemoryLedger;
import io.streamkeeper.storage.memory.MemoryPlan;
import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How long a registry becomes. */
@Timeout(60)
class RegistryGrowthTest {
    private final MemoryLedger memory = new MemoryLedger(MemoryPlan.ofMemory(256 << 20, 256 << 20, 0));
    private final ShardsRig rig = new ShardsRig(2, 1 << 27);
    private final Shards shards = rig.shards();

    RegistryGrowthTest() throws IOException {}

    @AfterEach
    void close() {
        rig.close();
    }

    private void createAndDelete(String prefix, int count) {
        for (int i = 0; i < count; i++) {
            rig.create(prefix + i);
            rig.delete(prefix + i);
        }
    }

    /**
     * Creates streams whose changes the registry gets together, so that it needs room for its message: the loop that
     * gives it changes is held meanwhile, and the streams are those of another one.
     */
    private void createAtOnce(int count) {
        CountDownLatch created = new CountDownLatch(1);
        shards.all().get(0).loop().execute(() -> awaitOnLoop(created));
        IntStream.iterate(0, i -> i + 1)
                .mapToObj(i -> "many/" + i)
                .filter(path -> shards.of(StreamPath.of(path)) == shards.all().get(1))
                .limit(count)
                .forEach(rig::create);
        created.countDown();
    }

    private static void awaitOnLoop(CountDownLatch created) {
        try {
            created.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What the registry says, and how many messages it has. */
    private final class Content implements RegistryMessages.Reader {
        private final Set<String> paths = new TreeSet<>();
        private final long count;

        Content() throws InterruptedException {
            count = new RegistryStream(shards, memory, JsonSplitter::new, new RegistryRetries()).read(this, () -> {});
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
        rig.create("kept");
        try (Registry registry = Registry.start(shards, memory, JsonSplitter::new, 50)) {
            createAndDelete("s/", 500);
            rig.create("last");
            await().ignoreExceptions().until(() -> new Content().paths.equals(Set.of("kept", "last")));
            await().ignoreExceptions().until(() -> registry.behindNanos() == 0);
            assertThat(new Content().count).isLessThan(600);
        }
        assertThat(memory.descriptions().usedBytes()).isZero();
    }

    @Test
    void manyStreamsAreComparedAndThoseThatAreGoneAreDeleted() throws Exception {
        for (int i = 0; i < 3_000; i++) {
            rig.create("many/" + i);
        }
        try (Registry registry = Registry.start(shards, memory, JsonSplitter::new)) {
            await().ignoreExceptions().until(() -> registry.behindNanos() == 0 && new Content().paths.size() == 3_000);
        }
        for (int i = 0; i < 3_000; i += 2) {
            rig.delete("many/" + i);
        }
        rig.create("new");
        try (Registry registry = Registry.start(shards, memory, JsonSplitter::new)) {
            await().ignoreExceptions().until(() -> registry.behindNanos() == 0 && new Content().paths.size() == 1_501);
            assertThat(new Content().count).isEqualTo(3_000 + 1_500 + 1);
            assertThat(new Content().paths).contains("many/1", "new").doesNotContain("many/2");
        }
    }

    @Test
    @LogsFaults("the registry")
    void itIsKeptWhileForksWouldHoldItsPath() throws Exception {
        rig.create("__registry__");
        rig.fork("fork", StreamPath.REGISTRY);
        try (Registry registry = Registry.start(shards, memory, JsonSplitter::new, 50)) {
            await().until(() -> registry.behindNanos() == 0);
            createAndDelete("s/", 200);
            rig.create("last");
            await().ignoreExceptions().until(() -> new Content().paths.equals(Set.of("fork", "last")));
            assertThat(new Content().count).isEqualTo(402);
            rig.delete("fork");
            await().ignoreExceptions().until(() -> {
                createAndDelete("t/", 1);
                return new Content().count < 100;
            });
        }
    }

    @Test
    @LogsFaults("the registry")
    void itIsKeptWhileThereIsNoHeapToCompareIt() throws Exception {
        rig.create("a");
        try (Registry registry = Registry.start(shards, memory, JsonSplitter::new)) {
            await().ignoreExceptions().until(() -> registry.behindNanos() == 0 && new Content().paths.size() == 1);
        }
        long bytes = memory.descriptions().leftBytes();
        assertThat(memory.descriptions().tryReserve(bytes)).isTrue();
        rig.create("b");
        try (Registry registry = Registry.start(shards, memory, JsonSplitter::new)) {
            await().during(2, TimeUnit.SECONDS)
                    .until(() -> new Content().paths.equals(Set.of("a")) && registry.behindNanos() > 0);
            memory.descriptions().release(bytes);
            await().ignoreExceptions().until(() -> new Content().paths.equals(Set.of("a", "b")));
            assertThat(new Content().count).isEqualTo(2);
        }
        assertThat(memory.descriptions().usedBytes()).isZero();
    }

    @Test
    @LogsFaults("the registry")
    void itIsBehindUntilItHasAllChanges() throws Exception {
        int streams = 3_000;
        try (Registry registry = Registry.start(shards, memory, JsonSplitter::new)) {
            await().until(() -> registry.behindNanos() == 0);
            long bytes = memory.splitting().leftBytes();
            assertThat(memory.splitting().tryReserve(bytes)).isTrue();
            createAtOnce(streams);
            await().until(() -> registry.behindNanos() > TimeUnit.MILLISECONDS.toNanos(300));
            memory.splitting().release(bytes);
            while (registry.behindNanos() > 0) {
                Thread.onSpinWait();
            }
            long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(200);
            while (System.nanoTime() < end) {
                assertThat(registry.behindNanos()).isZero();
            }
            assertThat(new Content().paths).hasSize(streams);
        }
    }
}
