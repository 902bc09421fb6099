package io.streamkeeper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.storage.recovery.StorageConfig;
import io.streamkeeper.storage.stream.ProducerLimits;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How long streams with a sliding time to live last when the server restarts, and when the wall clock is set. */
class SlidingExpiryTest {
    private static final long SECOND = 1_000;
    private static final long YEAR = TimeUnit.DAYS.toMillis(365);
    private static final String GONE = "stream_not_found";

    private FileRig rig;

    @BeforeEach
    void open() throws IOException {
        rig = new FileRig();
        restartWithInterval(10 * SECOND);
        rig.create(CreateRequest.at("a").ttl(60).text("x")).created();
    }

    @Test
    void aServerThatRestartsOftenExpiresWhatIsNotUsed() throws IOException {
        int restarts = 0;
        for (; isThere() && restarts < 100; restarts++) {
            pass(5 * SECOND);
            rig.restart();
        }
        // Its time, and one checkpoint interval, which every start adds to the same last use.
        assertThat(restarts * 5).isBetween(60, 75);
    }

    @Test
    void restartsAfterCheckpointsAddNothingEither() throws IOException {
        int restarts = 0;
        for (; isThere() && restarts < 100; restarts++) {
            pass(5 * SECOND);
            checkpoint();
            rig.restart();
        }
        assertThat(restarts * 5).isBetween(60, 75);
    }

    @Test
    void noStartShortensALife() throws IOException {
        for (int i = 0; i < 10; i++) {
            pass(50 * SECOND);
            assertThat(rig.read("a")).isEqualTo("x");
            rig.threads.runAll();
            pass(9 * SECOND);
            rig.restart();
        }
        pass(50 * SECOND);
        assertThat(isThere()).isTrue();
        pass(12 * SECOND);
        assertThat(rig.read("a")).isEqualTo(GONE);
    }

    /** Each checkpoint describes the stream, which nobody writes to, in another file. */
    @Test
    void aStartFindsTheLastOfManyDescribedUses() throws IOException {
        restartWithInterval(1 * SECOND);
        for (int i = 0; i < 12; i++) {
            rig.create(CreateRequest.at("other" + i).text("other")).created();
            pass(50 * SECOND);
            assertThat(rig.read("a")).as("use " + i).isEqualTo("x");
            checkpoint();
            rig.restart();
        }
    }

    @Test
    void aStartWithAShorterIntervalShortensNoLife() throws IOException {
        for (boolean checkpoints : new boolean[] {false, true}) {
            for (boolean appends : new boolean[] {false, true}) {
                restartWithInterval(50 * SECOND);
                String path = "b" + checkpoints + appends;
                rig.create(CreateRequest.at(path).ttl(60).text("x")).created();
                pass(5 * SECOND);
                use(path, appends);
                pass(40 * SECOND);
                use(path, appends);
                if (checkpoints) {
                    checkpoint();
                }
                restartWithInterval(1);
                pass(59 * SECOND);
                assertThat(rig.read(path)).as(path).startsWith("x");
            }
        }
    }

    @Test
    void severalStartsWithAShorterIntervalShortenNoLife() throws IOException {
        restartWithInterval(50 * SECOND);
        rig.read("a");
        rig.threads.runAll();
        pass(40 * SECOND);
        rig.read("a");
        for (int i = 0; i < 11; i++) {
            restartWithInterval(1 + i);
            checkpoint();
            pass(5 * SECOND);
        }
        assertThat(rig.read("a")).isEqualTo("x");
    }

    @Test
    void aStartWithALongerIntervalLengthensALifeByNoMoreThanTheShorter() throws IOException {
        restartWithInterval(1 * SECOND);
        pass(5 * SECOND);
        rig.read("a");
        int restarts = 0;
        for (; isThere() && restarts < 100; restarts++) {
            pass(5 * SECOND);
            restartWithInterval(50 * SECOND);
        }
        assertThat(restarts * 5).isBetween(60, 65);
    }

    @Test
    void anAppendInsideTheIntervalOfARecordedReadEndsItNotEarlier() throws IOException {
        rig.read("a");
        rig.threads.runAll();
        long before = rig.store.lastLsn();
        for (int i = 0; i < 8; i++) {
            pass(SECOND);
            rig.append("a", "y");
            rig.read("a");
        }
        assertThat(rig.store.lastLsn() - before).as("eight appends").isEqualTo(8);
        rig.restart();
        pass(59 * SECOND);
        assertThat(isThere()).isTrue();
    }

    @Test
    void aReadIsRecordedOnceInAnInterval() {
        long before = rig.store.lastLsn();
        for (int i = 0; i < 100; i++) {
            pass(SECOND / 2);
            rig.read("a");
        }
        assertThat(rig.store.lastLsn() - before).isBetween(4L, 6L);
    }

    @Test
    void aRecordOfUseThatIsRefusedLeavesTheStream() throws IOException {
        pass(20 * SECOND);
        rig.disk.capacityBytes(rig.disk.usedBytes());
        assertThat(rig.read("a")).isEqualTo("x");
        rig.threads.runAll();
        rig.disk.capacityBytes(Long.MAX_VALUE);
        pass(50 * SECOND);
        assertThat(rig.read("a")).isEqualTo("x");
        rig.restart();
        assertThat(rig.read("a")).isEqualTo("x");
    }

    @Test
    void aClockThatIsSetBackLengthensNoLife() {
        rig.clock.set(-YEAR);
        pass(59 * SECOND);
        assertThat(isThere()).isTrue();
        pass(2 * SECOND);
        assertThat(rig.read("a")).isEqualTo(GONE);
    }

    @Test
    void aStreamThatIsCreatedAfterTheClockWasSetLivesForItsTime() {
        for (long set : new long[] {-YEAR, 3 * YEAR}) {
            rig.clock.set(set);
            rig.create(CreateRequest.at("b").ttl(60).text("y")).created();
            pass(59 * SECOND);
            assertThat(rig.stream("b").content().end()).isEqualTo(1);
            pass(61 * SECOND);
            assertThat(rig.read("b")).isEqualTo(GONE);
        }
    }

    @Test
    void aClockThatIsSetOnEndsNoLife() {
        rig.clock.set(YEAR);
        pass(59 * SECOND);
        assertThat(rig.read("a")).isEqualTo("x");
    }

    @Test
    void aClockThatWasSetBackLengthensALifeOnceNotAtEachStart() throws IOException {
        rig.clock.set(-YEAR);
        int restarts = 0;
        for (; isThere() && restarts < 100; restarts++) {
            pass(5 * SECOND);
            rig.restart();
            pass(12 * SECOND);
            checkpoint();
        }
        assertThat(restarts).isBetween(3, 6);
    }

    private void restartWithInterval(long millis) throws IOException {
        rig.config = new StorageConfig(true, 1 << 20, millis, 8 << 10, 1 << 26, ProducerLimits.DEFAULT);
        rig.restart();
    }

    private void use(String path, boolean appends) {
        if (appends) {
            rig.append(path, "y");
        } else {
            rig.read(path);
        }
        rig.threads.runAll();
    }

    private boolean isThere() {
        rig.store.expire();
        rig.threads.runAll();
        return rig.store.streamCount() > 0;
    }

    private void pass(long millis) {
        rig.clock.advance(millis);
        rig.store.expire();
        rig.threads.runAll();
    }

    private void checkpoint() {
        for (int i = 0; i < 20; i++) {
            rig.store.checkpointAndCompact();
            rig.threads.runAll();
        }
    }
}
