package io.streamkeeper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.storage.shard.StreamUsage;
import io.streamkeeper.storage.stream.StreamState;
import java.io.IOException;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What streams use is counted as it changes, and the same after a restart. */
class StreamUsageTest {
    /** Streams and bytes by path; only what is not zero. */
    private static final class Sums implements StreamUsage {
        final Map<String, Long> streams = new TreeMap<>();
        final Map<String, Long> bytes = new TreeMap<>();

        @Override
        public void changed(String path, int newStreams, long newBytes) {
            add(streams, path, newStreams);
            add(bytes, path, newBytes);
            assertThat(streams.getOrDefault(path, 0L)).as("streams at %s", path).isNotNegative();
            assertThat(bytes.getOrDefault(path, 0L)).as("bytes at %s", path).isNotNegative();
        }

        private static void add(Map<String, Long> sums, String path, long change) {
            sums.merge(path, change, Long::sum);
            sums.remove(path, 0L);
        }

        long bytesOf(String path) {
            return bytes.getOrDefault(path, 0L);
        }
    }

    private final FileRig rig;
    private Sums sums = new Sums();

    StreamUsageTest() throws IOException {
        rig = new FileRig();
        rig.store.countUsage(sums);
    }

    /** Starts again; what is counted then is the same. */
    private void restart(boolean kills) throws IOException {
        if (kills) {
            rig.kill();
        } else {
            rig.stop();
        }
        rig.start();
        Sums recovered = new Sums();
        rig.store.countUsage(recovered);
        assertThat(recovered.bytes).isEqualTo(sums.bytes);
        assertThat(recovered.streams).isEqualTo(sums.streams);
        sums = recovered;
    }

    @Test
    void aForkPaysForWhatItWritesAndItsSourceForTheRestUntilNothingNeedsIt() throws IOException {
        rig.create(CreateRequest.at("source").text("0123456789"));
        Offset five = rig.stream("source").offsetAt(5);
        rig.fork(CreateRequest.at("fork").forkOf("source", five).text("abc"));
        assertThat(sums.bytesOf("source")).isEqualTo(10);
        assertThat(sums.bytesOf("fork")).isEqualTo(3);

        rig.delete("source");
        assertThat(sums.bytesOf("source")).as("what the fork inherits").isEqualTo(10);
        assertThat(sums.streams).containsEntry("source", 1L);
        restart(true);

        rig.delete("fork");
        rig.threads.runAll();
        assertThat(sums.bytes).isEmpty();
        assertThat(sums.streams).isEmpty();
        restart(true);
    }

    @Test
    void whatRetentionTrimsAndWhatExpiresIsNotPaidFor() throws IOException {
        rig.create(CreateRequest.at("short").retention(new Retention(-1, 100, -1)));
        for (int i = 0; i < 50; i++) {
            rig.append("short", "x".repeat(20));
        }
        assertThat(sums.bytesOf("short")).isBetween(80L, 120L);
        rig.create(CreateRequest.at("passing").ttl(10).text("0123456789"));
        assertThat(sums.bytesOf("passing")).isEqualTo(10);

        rig.clock.advance(20_000);
        rig.store.expire();
        rig.threads.runAll();

        assertThat(sums.streams).containsOnlyKeys("short");
        restart(false);
    }

    @Test
    void theSumsAreThoseOfTheStreamsAfterAnyCommandsAndAfterEachRestart() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        try {
            for (int step = 0; step < 600; step++) {
                String path = "s" + random.nextInt(6);
                String text = "x".repeat(random.nextInt(3_000));
                switch (random.nextInt(9)) {
                    case 0 -> rig.create(CreateRequest.at(path).text(text));
                    case 1 ->
                        rig.create(CreateRequest.at(path)
                                .retention(new Retention(-1, 1 + random.nextInt(4_000), -1))
                                .text(text));
                    case 2 -> rig.delete(path);
                    case 3 -> fork(path, "s" + random.nextInt(6), random, text);
                    case 4 -> rig.create(CreateRequest.at(path).ttl(1 + random.nextInt(20)));
                    case 5 -> rig.checkpoint();
                    default -> rig.append(path, text);
                }
                rig.clock.advance(random.nextInt(2_000));
                rig.store.expire();
                rig.threads.runAll();
                if (random.nextInt(20) == 0) {
                    restart(random.nextBoolean());
                }
                check();
            }
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("seed " + seed, e);
        }
    }

    private void fork(String path, String sourcePath, Random random, String text) {
        try {
            StreamState source = rig.stream(sourcePath);
            long position = source.ownStart() + random.nextInt((int) (source.tail() - source.ownStart()) + 1);
            rig.fork(CreateRequest.at(path)
                    .forkOf(sourcePath, source.offsetAt(position))
                    .text(text));
        } catch (io.streamkeeper.protocol.RefusedException | AssertionError e) {
            // There is no such source, or retention has dropped the position.
            assertThat(e).isNotNull();
        }
    }

    /** Compares with the streams that are readable, whose bytes a read can return. */
    private void check() {
        Sums found = new Sums();
        rig.store.forEachStream(stream -> {
            if (!stream.isDropped()) {
                found.changed(stream.pathText(), 1, stream.tail() - Math.max(stream.kept(), stream.ownStart()));
            }
        });
        assertThat(sums.streams).isEqualTo(found.streams);
        assertThat(sums.bytes).isEqualTo(found.bytes);
    }
}
