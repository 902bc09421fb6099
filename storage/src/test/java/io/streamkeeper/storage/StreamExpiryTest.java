package io.streamkeeper.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.storage.stream.ExpiryQueue;
import io.streamkeeper.storage.stream.StreamState;
import io.streamkeeper.storage.stream.TailWaiters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Streams that expire (section 5.1). */
class StreamExpiryTest {
    private static final long SECOND = 1_000;
    private static final TailWaiters WAITER = new TailWaiters() {
        @Override
        public int count() {
            return 1;
        }

        @Override
        public void moved(StreamState stream) {}

        @Override
        public void gone(StreamState stream) {}
    };

    private final TestStore test = new TestStore();

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void aTtlStreamGoesAfterItsTimeWithoutUse() {
        test.created(CreateRequest.at("a").ttl(60));
        passes(60 * SECOND - 1);
        assertThat(test.absence("a")).isNull();
        passes(1);
        assertThat(test.absence("a")).isEqualTo(ErrorCode.STREAM_NOT_FOUND);
        assertThat(test.store.streamCount()).isZero();
    }

    @Test
    void readsAndWritesGiveATtlStreamMoreTime() {
        test.created(CreateRequest.at("a").ttl(60));
        passes(50 * SECOND);
        test.text("a");
        passes(50 * SECOND);
        test.appended("a", "x");
        passes(50 * SECOND);
        test.appended(AppendRequest.to("a").close());
        passes(50 * SECOND);
        assertThat(test.create(CreateRequest.at("a").ttl(60).closed()).created().existed())
                .isTrue();
        passes(50 * SECOND);
        assertThat(test.text("a")).isEqualTo("x");
        passes(60 * SECOND);
        assertThat(test.absence("a")).isEqualTo(ErrorCode.STREAM_NOT_FOUND);
    }

    @Test
    void aStreamThatExpiresWhileTheDiskIsFullIsNotForked() {
        test.created(CreateRequest.at("a").ttl(60));
        test.created(CreateRequest.at("f").forkOf("a", null));
        test.journal.full(true);
        passes(60 * SECOND);
        assertThat(test.create(CreateRequest.at("g").forkOf("a", null)).code()).isEqualTo(ErrorCode.SOURCE_DELETED);
        test.journal.full(false);
    }

    @Test
    void aStreamThatExpiresWhileTheDiskIsFullIsNotRevived() {
        test.created(CreateRequest.at("a").ttl(60));
        test.appended(AppendRequest.to("a").close());
        test.journal.full(true);
        passes(60 * SECOND);
        assertThat(test.append("a", "x").code()).isEqualTo(ErrorCode.STORAGE_FULL);
        assertThat(test.create(CreateRequest.at("a").ttl(60).closed()).code()).isEqualTo(ErrorCode.STORAGE_FULL);
        assertThat(test.delete("a").code()).isEqualTo(ErrorCode.STORAGE_FULL);
        test.journal.full(false);
        assertThat(test.absence("a")).isEqualTo(ErrorCode.STREAM_NOT_FOUND);
    }

    @Test
    void describingATtlStreamGivesItNoMoreTime() {
        test.created(CreateRequest.at("a").ttl(60));
        passes(50 * SECOND);
        test.store.open(new StreamPath("a"), false).info();
        passes(10 * SECOND);
        assertThat(test.absence("a")).isEqualTo(ErrorCode.STREAM_NOT_FOUND);
    }

    @Test
    void aMomentIsExactWhateverHappens() {
        test.created(CreateRequest.at("a").expiry(new Expiry.At(test.clock.nowMillis() + 60 * SECOND)));
        passes(59_999);
        assertThat(test.text("a")).isEmpty();
        test.appended("a", "x");
        test.open("a").waiters(WAITER);
        passes(1);
        assertThat(test.absence("a")).isEqualTo(ErrorCode.STREAM_NOT_FOUND);
    }

    @Test
    void aTtlStreamThatSomeoneWaitsAtStays() {
        test.created(CreateRequest.at("a").ttl(60));
        test.open("a").waiters(WAITER);
        passes(300 * SECOND);
        assertThat(test.absence("a")).isNull();
        test.open("a").waiters(null);
        passes(60 * SECOND);
        assertThat(test.absence("a")).isEqualTo(ErrorCode.STREAM_NOT_FOUND);
    }

    @Test
    void waitersAreToldThatAStreamHasGone() {
        test.created(CreateRequest.at("a").expiry(new Expiry.At(test.clock.nowMillis() + 1)));
        int[] gone = new int[1];
        test.open("a").waiters(new TailWaiters() {
            @Override
            public int count() {
                return 1;
            }

            @Override
            public void moved(StreamState stream) {}

            @Override
            public void gone(StreamState stream) {
                gone[0]++;
            }
        });
        passes(1);
        assertThat(gone[0]).isEqualTo(1);
    }

    @Test
    void anExpiredStreamIsGoneForACommandThatComesBeforeTheTimer() {
        test.created(CreateRequest.at("a").ttl(60).text("old"));
        test.created(CreateRequest.at("b").ttl(60));
        test.clock.advance(60 * SECOND);
        Answer append = test.append("b", "x");
        test.journal.sync();
        assertThat(append.code()).isEqualTo(ErrorCode.STREAM_NOT_FOUND);
        assertThat(test.created(CreateRequest.at("a").ttl(60).text("new")).existed())
                .isFalse();
        assertThat(test.text("a")).isEqualTo("new");
    }

    @Test
    void anExpiredStreamIsGoneForReadersBeforeThatIsDurable() {
        test.created(CreateRequest.at("a").ttl(60));
        test.clock.advance(60 * SECOND);
        assertThat(test.absence("a")).isEqualTo(ErrorCode.STREAM_NOT_FOUND);
        assertThat(TestStore.codeOf(() -> test.text("a"))).isEqualTo(ErrorCode.STREAM_NOT_FOUND);
        test.store.expire();
        test.journal.refuse();
        assertThat(test.absence("a")).isEqualTo(ErrorCode.STREAM_NOT_FOUND);
        test.store.expire();
        test.journal.sync();
        assertThat(test.store.streamCount()).isZero();
    }

    @Test
    void anExpiryThatWasRefusedIsTriedAgain() {
        test.created(CreateRequest.at("a").ttl(60));
        test.clock.advance(60 * SECOND);
        test.store.expire();
        test.journal.refuse();
        assertThat(test.store.streamCount()).isEqualTo(1);
        passes(1);
        assertThat(test.store.streamCount()).isZero();
    }

    @Test
    void anExpiryThatFoundNoRoomIsTriedAgain() {
        test.created(CreateRequest.at("a").ttl(60));
        test.journal.full(true);
        passes(60 * SECOND);
        assertThat(test.store.streamCount()).isEqualTo(1);
        test.journal.full(false);
        passes(1);
        assertThat(test.store.streamCount()).isZero();
    }

    @Test
    void forksKeepAnExpiredSource() {
        test.created(CreateRequest.at("a").ttl(60).text("x"));
        test.created(CreateRequest.at("f").forkOf("a", null).ttl(1_000).text("y"));
        passes(60 * SECOND);
        assertThat(test.absence("a")).isEqualTo(ErrorCode.STREAM_DELETED);
        assertThat(test.text("f")).isEqualTo("xy");
        passes(1_000 * SECOND);
        assertThat(test.store.streamCount()).isZero();
    }

    @Test
    void oneStepRemovesABoundedNumber() {
        for (int i = 0; i < ExpiryQueue.STEP_MAX + 5; i++) {
            test.create(CreateRequest.at("s" + i).ttl(1));
        }
        test.journal.sync();
        passes(SECOND);
        assertThat(test.store.streamCount()).isEqualTo(5);
        passes(0);
        assertThat(test.store.streamCount()).isZero();
    }

    private void passes(long millis) {
        test.clock.advance(millis);
        test.store.expire();
        test.journal.sync();
    }

    @Test
    void aReadThatFindsAStreamExpiredIsRefusedAndLogsNothing() {
        test.created(CreateRequest.at("brief").ttl(1));
        test.clock.advance(2_000);
        long before = test.store.lastLsn();

        RefusedException absent =
                catchThrowableOfType(RefusedException.class, () -> test.store.open(new StreamPath("brief"), true));

        assertThat(absent.refusal().code()).isEqualTo(ErrorCode.STREAM_NOT_FOUND);
        assertThat(test.store.lastLsn()).isEqualTo(before);
        test.store.expire();
        assertThat(test.store.lastLsn())
                .as("the owner logs the end in its upkeep")
                .isEqualTo(before + 1);
    }

    @Test
    void aCommandThatFindsAStreamExpiredWhenAnotherRecordIsStagedIsRefusedAndTheShardGoesOn() {
        test.created(CreateRequest.at("brief").ttl(1));
        test.clock.advance(2_000);
        long before = test.store.lastLsn();
        test.append("brief", "x");

        assertThat(test.store.lastLsn()).isGreaterThan(before);
        RefusedException absent =
                catchThrowableOfType(RefusedException.class, () -> test.store.open(new StreamPath("brief"), true));
        assertThat(test.store.faultIn(absent, before).code()).isEqualTo(ErrorCode.STREAM_NOT_FOUND);
        assertThat(test.store.failure()).isNull();
    }
}
