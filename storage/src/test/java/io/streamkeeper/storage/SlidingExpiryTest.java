package io.streamkeeper.storage;

import static org.assertj.core.api.Assertions.assertThat;

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
        rig.config = new StorageConfig(true, 1 << 20, 10 * SECOND, 8 << 10, 1 << 26);
        rig.restart();
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
            rig.store.compact();
            rig.threads.runAll();
        }
    }
}
