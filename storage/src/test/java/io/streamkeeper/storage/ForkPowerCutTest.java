package io.streamkeeper.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Preconditions;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.protocol.output.LogsFaults;
import io.streamkeeper.protocol.output.MayLogFaults;
import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.disk.SimulatedDisk;
import io.streamkeeper.storage.memory.ReadBudget;
import io.streamkeeper.storage.provider.StorageProvider;
import io.streamkeeper.storage.record.Lineage;
import io.streamkeeper.storage.recovery.FileShard;
import io.streamkeeper.storage.recovery.RecoveredForks;
import io.streamkeeper.storage.recovery.StorageConfig;
import io.streamkeeper.storage.shard.ShardStore;
import io.streamkeeper.storage.stream.ForkSource;
import io.streamkeeper.storage.stream.ProducerLimits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * Power cuts in durability {@code os} with a fork in one shard and its source in another: whatever was written without
 * a sync may be lost, but a fork is never left without what it inherits.
 */
class ForkPowerCutTest {
    private static final Path DATA = Path.of("/data");
    private static final StorageConfig CONFIG =
            new StorageConfig(false, 1 << 20, 1_000, 8 << 10, 1 << 26, ProducerLimits.DEFAULT);
    private static final int SHARDS = 2;

    private static final class Server {
        final SimulatedDisk disk;
        final Random random;
        final ManualClock clock = new ManualClock(1_700_000_000_000L);
        final List<SimulatedThreads> threads = new ArrayList<>();
        final List<ShardStore> stores = new ArrayList<>();

        Server(Random random) throws IOException {
            this.random = random;
            this.disk = new SimulatedDisk(random);
            disk.createDirectories(DATA);
            DataDirectory.open(disk, DATA, 0, SHARDS, false);
            disk.syncDirectory(DATA);
        }

        /** Starts; returns what forks have lost. */
        List<String> start() throws IOException {
            threads.clear();
            stores.clear();
            DataDirectory data = DataDirectory.open(disk, DATA, 0, SHARDS, true);
            for (int shard = 0; shard < SHARDS; shard++) {
                SimulatedThreads own = new SimulatedThreads(random);
                threads.add(own);
                stores.add(FileShard.open(
                        disk,
                        data,
                        shard,
                        CONFIG,
                        StorageProvider.LOCAL,
                        own.threads(),
                        new ReadBudget(1 << 26),
                        clock,
                        (path, generation, done) -> threads.get(path.shard(SHARDS))
                                .loop
                                .execute(() -> store(path).releaseSource(generation, done))));
            }
            List<String> losses = RecoveredForks.connect(stores);
            stores.forEach(ShardStore::settle);
            return losses;
        }

        ShardStore store(StreamPath path) {
            return stores.get(path.shard(SHARDS));
        }

        void runAll() {
            boolean ran = true;
            while (ran) {
                ran = false;
                for (SimulatedThreads own : threads) {
                    ran |= own.runOne();
                }
            }
        }

        void checkpoint(int shard) {
            for (int i = 0; i < 20; i++) {
                clock.advance(2_000);
                stores.get(shard).checkpointAndCompact();
                runAll();
            }
        }

        void cutPower() {
            disk.stop();
            threads.forEach(SimulatedThreads::dropLoop);
            stores.forEach(ShardStore::close);
            threads.forEach(SimulatedThreads::runAll);
            disk.cutPower();
        }

        void create(String path, String text) {
            Answer answer = new Answer();
            store(new StreamPath(path)).create(CreateRequest.at(path).text(text).command(), null, answer);
            runAll();
            answer.created();
        }

        void fork(String path, String source) {
            Answer answer = new Answer();
            Command.Create create = CreateRequest.at(path).forkOf(source, null).command();
            ShardStore owner = store(new StreamPath(source));
            ForkSource pinned = Taken.pin(owner, create);
            owner.whenSourceSynced(() -> store(create.path()).create(create, pinned, answer));
            runAll();
            answer.created();
        }

        void delete(String path) {
            assertThat(deleted(path).word()).isEqualTo("deleted");
        }

        /** The answer to a deletion. */
        Answer deleted(String path) {
            Answer answer = new Answer();
            store(new StreamPath(path)).delete(new Command.Delete(new StreamPath(path), Preconditions.NONE), answer);
            runAll();
            return answer;
        }
    }

    private static String pathIn(int shard) {
        return pathIn(shard, "s");
    }

    private static String pathIn(int shard, String prefix) {
        int i = 0;
        while (new StreamPath(prefix + i).shard(SHARDS) != shard) {
            i++;
        }
        return prefix + i;
    }

    @Test
    @MayLogFaults({"the journal's files cannot be closed", "the next journal segment cannot be prepared"})
    void aMergeNeverDropsWhatAForkInheritsWhoseDeletionIsNotSynced() {
        String source = pathIn(0);
        String fork = pathIn(1);
        nothingIsLostAfter(server -> {
            server.create(source, "inherited");
            server.fork(fork, source);
            server.checkpoint(0);
            server.checkpoint(1);
            server.delete(source);
            server.delete(fork);
            server.checkpoint(0);
        });
    }

    /** Cuts the power after these steps; then a start finds what every fork inherits. */
    private static void nothingIsLostAfter(Consumer<Server> steps) {
        Seeds.forEach(60, random -> {
            try {
                Server server = new Server(random);
                server.start();
                steps.accept(server);
                server.cutPower();
                assertThat(server.start()).isEmpty();
                server.cutPower();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }

    /** The deleted middle of a chain is in the shard of its fork, whose deletion is not synced. */
    @Test
    @MayLogFaults({"the journal's files cannot be closed", "the next journal segment cannot be prepared"})
    void aMergeNeverDropsWhatAForkOfAForkInheritsWhoseDeletionIsNotSynced() {
        String source = pathIn(0);
        String fork = pathIn(1);
        String leaf = pathIn(1, "leaf");
        nothingIsLostAfter(server -> {
            server.create(source, "inherited");
            server.fork(fork, source);
            server.fork(leaf, fork);
            server.delete(source);
            server.delete(fork);
            server.checkpoint(0);
            server.checkpoint(1);
            server.delete(leaf);
            server.checkpoint(0);
        });
    }

    @Test
    @LogsFaults("the journal has failed")
    @MayLogFaults("the journal's files cannot be closed")
    void theDeletionOfAForkIsNotAcknowledgedWhenTheSyncFailsThatItsSourceWaitsFor() throws IOException {
        Server server = new Server(new Random(1));
        server.start();
        server.create(pathIn(0), "inherited");
        server.fork(pathIn(1), pathIn(0));
        server.disk.failNextSyncs(1);
        Answer answer = server.deleted(pathIn(1));
        assertThat(answer.code()).isEqualTo(ErrorCode.STORAGE_FAILED);
        server.cutPower();
    }

    @Test
    @MayLogFaults("the journal's files cannot be closed")
    void aForkNeverOutlivesBytesOfItsSourceThatWereNotSynced() {
        String source = pathIn(0);
        String fork = pathIn(1);
        int[] forksThere = new int[1];
        Seeds.forEach(60, random -> {
            try {
                Server server = new Server(random);
                server.start();
                server.create(source, "inherited");
                server.fork(fork, source);
                server.checkpoint(1);
                server.cutPower();
                assertThat(server.start()).isEmpty();
                forksThere[0] += server.stores.get(1).streamCount();
                if (server.stores.get(1).streamCount() == 1) {
                    assertThat(inherited(server, fork)).isEqualTo("inherited");
                }
                server.cutPower();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        assertThat(forksThere[0]).isPositive();
    }

    private static String inherited(Server server, String fork) {
        StreamPath path = new StreamPath(fork);
        Lineage run = server.store(path).open(path, false).lineage();
        Taken<ShardStore.Inherited> read = new Taken<>();
        server.store(run.path()).readInherited(run, 0, 100, read);
        server.runAll();
        String text = read.get().bytes().toString(UTF_8);
        read.get().bytes().release();
        return text;
    }
}
