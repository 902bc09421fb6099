package io.streamkeeper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The time of the last append with content, exact to a second, as readers see it. */
class LastAppendTest {
    private static final Instant START = Instant.ofEpochSecond(1_700_000_000);

    /** In files. */
    @Nested
    class Kept {
        private final FileRig rig = new FileRig();

        Kept() throws IOException {}

        @AfterEach
        void stop() {
            rig.stop();
        }

        private @Nullable Instant at(String path) {
            return rig.stream(path).info().lastAppendAt();
        }

        @ParameterizedTest
        @ValueSource(strings = {"journal", "checkpoint", "compaction"})
        void eachStreamHasItsOwnAfterARestart(String how) throws IOException {
            rig.create(CreateRequest.at("empty")).created();
            rig.create(CreateRequest.at("filled").text("x")).created();
            rig.clock.advance(5_999);
            rig.create(CreateRequest.at("s")).created();
            rig.append("s", "a").appended();
            rig.clock.advance(10_000);
            for (int i = 0; i < (how.equals("journal") ? 0 : how.equals("checkpoint") ? 1 : 9); i++) {
                rig.create(CreateRequest.at("later" + i).text("x")).created();
                rig.checkpoint();
            }
            rig.restart();

            assertThat(at("empty")).isNull();
            assertThat(at("filled")).isEqualTo(START);
            assertThat(at("s")).isEqualTo(START.plusSeconds(5));
        }

        @Test
        void onlyAnAppendWithContentCounts() throws IOException {
            rig.create(CreateRequest.at("s")).created();
            rig.append(AppendRequest.to("s").by("p", 0, 0).text("a")).appended();
            rig.clock.advance(10_000);
            rig.append(AppendRequest.to("s").by("p", 0, 0).text("a")).appended();
            rig.append(AppendRequest.to("s").close()).appended();

            assertThat(at("s")).isEqualTo(START);
            rig.restart();
            assertThat(at("s")).isEqualTo(START);
        }

        @Test
        void aForkHasNoneUntilItIsAppendedTo() {
            rig.create(CreateRequest.at("s").text("a")).created();
            rig.fork(CreateRequest.at("f").forkOf("s", null)).created();
            assertThat(at("f")).isNull();

            rig.clock.advance(3_000);
            rig.append("f", "b").appended();

            assertThat(at("f")).isEqualTo(START.plusSeconds(3));
            assertThat(at("s")).isEqualTo(START);
        }
    }

    /** While records are not durable. */
    @Nested
    class Staged {
        private final TestStore test = new TestStore();

        @AfterEach
        void stop() {
            test.close();
        }

        private @Nullable Instant at(String path) {
            return test.open(path).info().lastAppendAt();
        }

        @Test
        void readersSeeTheTimeOfTheLastDurableAppend() {
            test.created("s");
            for (int i = 1; i <= 3; i++) {
                test.clock.advance(1_000);
                test.append("s", "x");
            }
            long last = test.journal.lastLsn();
            assertThat(at("s")).isNull();
            test.journal.sync(last - 1);
            assertThat(at("s")).isEqualTo(START.plusSeconds(2));
            test.journal.sync(last);
            assertThat(at("s")).isEqualTo(START.plusSeconds(3));
        }

        @Test
        void aRefusedAppendLeavesTheTimeOfTheOneBefore() {
            test.created("s");
            test.appended("s", "x");
            test.clock.advance(1_000);
            test.append("s", "y");
            test.append(AppendRequest.to("s").close());
            test.journal.refuse();
            assertThat(at("s")).isEqualTo(START);
            test.clock.advance(1_000);
            test.append("s", "z");
            test.journal.sync();
            assertThat(at("s")).isEqualTo(START.plusSeconds(2));
        }
    }
}
