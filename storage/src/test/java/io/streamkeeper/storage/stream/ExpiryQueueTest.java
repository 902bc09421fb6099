package io.streamkeeper.storage.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.storage.CreateRequest;
import io.streamkeeper.storage.TestStore;
import io.streamkeeper.storage.record.LogRecord;
import io.streamkeeper.storage.record.StreamConfig;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExpiryQueueTest {
    private final ExpiryQueue queue = new ExpiryQueue();

    @Test
    void streamsComeByTheirMoment() {
        queue.add(stream(1, new Expiry.At(30)));
        queue.add(stream(2, new Expiry.At(10)));
        queue.add(stream(3, new Expiry.At(20)));
        assertThat(due(9)).isEmpty();
        assertThat(due(20)).containsExactly(2L, 3L);
        assertThat(due(30)).containsExactly(1L);
        assertThat(queue.size()).isZero();
    }

    @Test
    void aStreamThatNeverGoesIsNotKept() {
        queue.add(stream(1, Expiry.never()));
        assertThat(queue.size()).isZero();
    }

    @Test
    void aStreamThatWasUsedSinceIsAskedAgainLater() {
        StreamState stream = stream(1, new Expiry.Ttl(1));
        queue.add(stream);
        stream.lifetime().use(500);
        assertThat(due(1_000)).isEmpty();
        assertThat(queue.size()).isEqualTo(1);
        assertThat(due(1_500)).containsExactly(1L);
    }

    @Test
    void aStreamIsInItOnce() {
        StreamState stream = stream(1, new Expiry.Ttl(1));
        queue.add(stream);
        stream.lifetime().use(500);
        queue.add(stream);
        assertThat(queue.size()).isEqualTo(1);
        assertThat(due(2_000)).containsExactly(1L);
        assertThat(due(2_000)).isEmpty();
    }

    @Test
    void aStreamThatIsGoneIsNotKept() {
        StreamState first = stream(1, new Expiry.At(10));
        StreamState second = stream(2, new Expiry.At(10));
        queue.add(first);
        queue.add(second);
        first.lifetime().use(5);
        queue.remove(first);
        assertThat(queue.size()).isEqualTo(1);
        assertThat(due(10)).containsExactly(2L);
        queue.remove(second);
    }

    @Test
    void streamsCreatedAndDeletedAgainLeaveNothing() {
        try (TestStore test = new TestStore()) {
            for (int i = 0; i < 10; i++) {
                test.created(CreateRequest.at("a").ttl(1_000_000));
                test.delete("a");
                refuseDeletion(test);
                test.deleted("a");
            }
            assertThat(test.store.expiringCount()).isZero();
            test.created(CreateRequest.at("a").ttl(1_000_000));
            test.delete("a");
            refuseDeletion(test);
            assertThat(test.store.expiringCount()).isEqualTo(1);
        }
    }

    /** A deletion that is refused is decided once more by itself. */
    private static void refuseDeletion(TestStore test) {
        test.journal.refuse();
        test.journal.refuse();
    }

    private List<Long> due(long nowMillis) {
        List<Long> generations = new ArrayList<>();
        queue.step(nowMillis, nowMillis, stream -> generations.add(stream.generation()));
        return generations;
    }

    private static StreamState stream(long generation, Expiry expiry) {
        return new StreamState(new LogRecord.Created(
                generation,
                new StreamPath("s" + generation),
                new StreamConfig(ContentType.OCTET_STREAM, expiry, Retention.none()),
                false,
                null,
                0));
    }
}
