package io.streamkeeper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.Retention;
import io.streamkeeper.storage.recovery.StorageConfig;
import io.streamkeeper.storage.stream.ProducerLimits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A store without clients ends all work in the background after some turns, whatever it contains. */
class IdleStoreTest {
    private static final StorageConfig CONFIG =
            new StorageConfig(true, 1 << 20, 1_000_000, 1 << 20, 1 << 26, ProducerLimits.DEFAULT);

    private static final int TURN_MILLIS = 100;

    /** Time after which all streams are trimmed and all changes are in a file. */
    private static final long LONG_MILLIS = 100_000_000;

    private static final int TURNS_MAX = 200;
    private static final int TURNS_IDLE = 20;

    private static FileRig rig(StorageConfig config) {
        try {
            FileRig rig = new FileRig();
            rig.restartWith(config);
            return rig;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void restart(FileRig rig) {
        try {
            rig.restart();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void turn(FileRig rig) {
        rig.clock.advance(TURN_MILLIS);
        rig.store.keepUp();
        rig.threads.runAll();
    }

    /** Makes one checkpoint, without a compaction. */
    private static void checkpoint(FileRig rig) {
        rig.clock.advance(2_000_000);
        rig.store.checkpointAndCompact();
        rig.threads.runAll();
    }

    private static void assertEndsItsWork(FileRig rig) {
        rig.clock.advance(LONG_MILLIS);
        for (int turn = 0; turn < TURNS_MAX; turn++) {
            turn(rig);
        }
        rig.clock.advance(LONG_MILLIS);
        for (int turn = 0; turn < TURNS_MAX; turn++) {
            turn(rig);
        }
        List<Path> files = rig.files(".ext");
        for (int turn = 0; turn < TURNS_IDLE; turn++) {
            turn(rig);
            assertThat(rig.files(".ext")).as("files of an idle store").isEqualTo(files);
        }
    }

    @Test
    void aStreamWithTwoShortAppends() {
        FileRig rig = rig(CONFIG);
        rig.create(CreateRequest.at("s").text("0123456789"));
        checkpoint(rig);
        rig.append("s", "0123456789");
        checkpoint(rig);
        assertEndsItsWork(rig);
        rig.stop();
    }

    /** Streams that each append one byte at a time, of which each run is kept for its time or its number. */
    private static void shortAppendsWith(Retention retention) {
        FileRig rig = rig(CONFIG);
        int streams = 30;
        for (int i = 0; i < streams; i++) {
            rig.create(CreateRequest.at("s" + i).retention(retention));
        }
        for (int k = 0; k < 20; k++) {
            for (int i = 0; i < streams; i++) {
                rig.append("s" + i, "x");
                rig.clock.advance(3);
            }
        }
        checkpoint(rig);
        for (int i = 0; i < streams; i++) {
            rig.append("s" + i, "x");
        }
        checkpoint(rig);
        assertEndsItsWork(rig);
        rig.stop();
    }

    @Test
    void shortAppendsThatAreKeptForALongTime() {
        shortAppendsWith(new Retention(1_000_000_000, -1, -1));
    }

    @Test
    void shortAppendsOfWhichSomeAreKept() {
        shortAppendsWith(new Retention(-1, -1, 10));
        shortAppendsWith(new Retention(-1, 10, -1));
    }

    @Test
    void anyStreams() {
        Seeds.forEach(150, random -> {
            FileRig rig = rig(random.nextBoolean() ? CONFIG : CONFIG.withCompactedBytesMax(8 << 10));
            new Clients(rig, random).run();
            assertEndsItsWork(rig);
            restart(rig);
            assertEndsItsWork(rig);
            rig.stop();
        });
    }

    /** Random commands with checkpoints, compactions and restarts between them. */
    private static final class Clients {
        private final FileRig rig;
        private final Random random;
        private final int paths;
        private final int bytesMax;
        private int forks;

        Clients(FileRig rig, Random random) {
            this.rig = rig;
            this.random = random;
            this.paths = 1 << random.nextInt(7);
            this.bytesMax = 1 << random.nextInt(11);
        }

        void run() {
            int rounds = 1 + random.nextInt(12);
            for (int round = 0; round < rounds; round++) {
                int commands = random.nextInt(3 * paths + 1);
                for (int i = 0; i < commands; i++) {
                    command("s" + random.nextInt(paths));
                    rig.clock.advance(random.nextInt(10));
                }
                pause();
            }
        }

        private void command(String path) {
            switch (random.nextInt(12)) {
                case 0 -> rig.delete(path);
                case 1 -> fork(path);
                case 2, 3, 4 ->
                    rig.create(CreateRequest.at(path).retention(retention()).text(text()));
                default -> rig.append(path, text());
            }
        }

        /** Forks a stream if there is one; the fork may be deleted later under its path. */
        private void fork(String path) {
            rig.create(CreateRequest.at(path));
            if (rig.read(path).equals("stream_deleted")) {
                return;
            }
            rig.fork(CreateRequest.at("f" + forks).forkOf(path, null));
            if (random.nextBoolean()) {
                rig.append("f" + forks, text());
            }
            forks++;
            if (random.nextInt(3) == 0) {
                rig.delete("f" + random.nextInt(forks));
            }
        }

        private Retention retention() {
            return switch (random.nextInt(5)) {
                case 0 -> new Retention(1 + random.nextInt(1_000_000), -1, -1);
                case 1 -> new Retention(1_000_000_000, -1, -1);
                case 2 -> new Retention(-1, 1 + random.nextInt(1_000), -1);
                case 3 -> new Retention(-1, -1, 1 + random.nextInt(10));
                default -> Retention.none();
            };
        }

        private String text() {
            return "x".repeat(1 + random.nextInt(bytesMax));
        }

        private void pause() {
            switch (random.nextInt(6)) {
                case 0 -> rig.checkpoint();
                case 1 -> restart(rig);
                case 2 -> turn(rig);
                default -> checkpoint(rig);
            }
        }
    }
}
