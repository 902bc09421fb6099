package io.streamkeeper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.Retention;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Retention by age where the wall clock is set: nothing is dropped because the clock is wrong, or kept without end. */
class RetentionByAgeTest {
    private static final long DAY = 86_400_000L;
    private static final long HOUR = 3_600_000L;
    private static final long HOURS_KEPT = 2;

    private final FileRig rig = new FileRig();

    RetentionByAgeTest() throws IOException {
        rig.create(CreateRequest.at("s").retention(new Retention(HOURS_KEPT * 3_600, -1, -1)))
                .created();
    }

    @AfterEach
    void stop() {
        rig.stop();
    }

    private void expire() {
        rig.store.expire();
        rig.threads.runAll();
    }

    /** Hours in which the store does what it does by itself. */
    private void pass(double hours) {
        for (int minute = 0; minute < hours * 60; minute++) {
            rig.clock.advance(60_000);
            expire();
        }
    }

    @Test
    void aClockThatIsWrongForAWhileDropsNothing() {
        rig.append("s", "old").appended();
        rig.clock.set(DAY);
        expire();
        rig.append("s", "new").appended();
        pass(0.9);
        assertThat(rig.read("s")).isEqualTo("oldnew");
        rig.clock.set(-DAY);
        pass(0.9);
        assertThat(rig.read("s")).isEqualTo("oldnew");
        rig.append("s", "newer").appended();
        pass(2.2);
        assertThat(rig.read("s")).as("with the clock right again").isEmpty();
    }

    @Test
    void aClockThatStaysSetForwardIsBelievedAfterAnHour() {
        rig.append("s", "old").appended();
        rig.clock.set(DAY);
        expire();
        rig.append("s", "new").appended();
        pass(1.1);
        assertThat(rig.read("s")).isEqualTo("new");
        pass(1.1);
        assertThat(rig.read("s")).isEmpty();
    }

    @Test
    void aClockThatStartsAtItsBeginningIsNoReasonToKeepEverything() {
        rig.clock.set(-20_000 * DAY);
        rig.stop();
        restartWithoutPowerCut();
        rig.append("s", "early").appended();
        rig.clock.set(20_000 * DAY);
        pass(1.1);
        rig.append("s", "new").appended();
        pass(0.1);
        assertThat(rig.read("s")).isEqualTo("new");
    }

    private void restartWithoutPowerCut() {
        try {
            rig.start();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void dataThatWasWrittenWhileTheClockWasAheadGoesWithWhatCameAfterIt() {
        rig.clock.set(1_000 * DAY);
        rig.append("s", "ahead").appended();
        rig.checkpoint();
        rig.clock.set(-1_000 * DAY);
        rig.append("s", "after").appended();
        pass(1.9);
        assertThat(rig.read("s")).isEqualTo("aheadafter");
        pass(0.2);
        assertThat(rig.read("s")).isEmpty();
    }

    @Test
    void aClockThatIsSetBackKeepsDataLongerByAsMuch() {
        rig.append("s", "x").appended();
        rig.clock.set(-HOUR);
        pass(2.9);
        assertThat(rig.read("s")).isEqualTo("x");
        pass(0.2);
        assertThat(rig.read("s")).isEmpty();
    }
}
