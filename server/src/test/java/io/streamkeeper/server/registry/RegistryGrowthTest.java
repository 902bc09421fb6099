package io.streamkeeper.server.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streamkeeper.protocol.JsonSplitter;
import io.streamkeeper.server.shard.Shards;
import io.streamkeeper.server.shard.ShardsRig;
import io.streamkeeper.storage.memory.MemoryLedger;
import io.streamkeeper.storage.memory.MemoryPlan;
import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;
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
        rig.create("kept");
        try (Registry registry = Registry.start(shards, memory, JsonSplitter::new, 50)) {
            for (int i = 0; i < 500; i++) {
                rig.create("s/" + i);
                rig.delete("s/" + i);
            }
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
}
