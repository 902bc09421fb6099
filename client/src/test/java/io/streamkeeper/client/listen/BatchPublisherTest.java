package io.streamkeeper.client.listen;

import static io.streamkeeper.client.listen.FakeFeed.batch;
import static io.streamkeeper.client.listen.FakeFeed.last;
import static io.streamkeeper.client.recording.Recorder.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamkeeper.client.api.Batch;
import io.streamkeeper.client.api.From;
import io.streamkeeper.client.api.StreamException;
import io.streamkeeper.client.api.StreamException.OffsetGone;
import io.streamkeeper.client.recording.Demanding;
import io.streamkeeper.protocol.output.LogsFaults;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The rules of Reactive Streams that a publisher of batches keeps. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BatchPublisherTest {
    private final FakeFeeds feeds = new FakeFeeds();
    private final Demanding subscriber = new Demanding();

    private BatchPublisher publisher() {
        return new BatchPublisher("path", From.beginning(), feeds, ForkJoinPool.commonPool());
    }

    @Test
    void nothingIsReadBeforeItIsRequested() throws InterruptedException {
        publisher().subscribe(subscriber);
        FakeFeed feed = feeds.await(0).found();
        subscriber.subscription();
        assertThat(feed.askedCount()).isZero();
        subscriber.request(2);
        feed.awaitNext().complete(batch("a", "1"));
        feed.awaitNext().complete(batch("b", "2"));
        subscriber.awaitBatches(2);
        assertThat(feed.askedCount()).isEqualTo(2);
        subscriber.request(1);
        feed.awaitNext().complete(batch("c", "3"));
        subscriber.awaitBatches(3);
        assertThat(feed.askedCount()).isEqualTo(3);
    }

    @Test
    void demandBeforeTheStreamIsFoundIsServedThen() throws InterruptedException {
        publisher().subscribe(subscriber);
        subscriber.request(1);
        subscriber.request(Long.MAX_VALUE);
        FakeFeed feed = feeds.await(0).found();
        for (int i = 1; i <= 3; i++) {
            feed.awaitNext().complete(batch("a", Integer.toString(i)));
        }
        subscriber.awaitBatches(3);
    }

    @Test
    void anEmptyBatchCountsForNothing() throws InterruptedException {
        publisher().subscribe(subscriber);
        subscriber.request(1);
        FakeFeed feed = feeds.await(0).found();
        feed.awaitNext().complete(batch("", "1"));
        feed.awaitNext().complete(last("a", "2"));
        subscriber.awaitComplete();
        assertThat(subscriber.batches()).hasSize(1);
    }

    @Test
    void aDemandThatIsNoneIsAnError() throws InterruptedException {
        for (long demand : new long[] {0, -1, Long.MIN_VALUE}) {
            Demanding wrong = new Demanding();
            publisher().subscribe(wrong);
            wrong.request(demand);
            wrong.request(demand);
            assertThat(wrong.awaitError())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(Long.toString(demand));
        }
        feeds.await(2);
        for (int i = 0; i < 3; i++) {
            int index = i;
            eventually(() -> assertThat(feeds.await(index).closed).isTrue());
        }
    }

    @Test
    void aSubscriberThatCancelsAtOnceLeavesNothingOpen() throws InterruptedException {
        AtomicInteger signals = new AtomicInteger();
        CountDownLatch subscribed = new CountDownLatch(1);
        publisher().subscribe(new Counting(signals) {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {
                subscription.request(1);
                subscription.cancel();
                subscription.cancel();
                subscribed.countDown();
            }
        });
        subscribed.await();
        publisher().subscribe(subscriber);
        subscriber.request(1);
        feeds.await(0).found().awaitNext().complete(last("a", "1"));
        subscriber.awaitComplete();
        assertThat(feeds.count()).isEqualTo(1);
        assertThat(signals).hasValue(0);
    }

    @Test
    void aSubscriberThatCancelsBetweenBatchesIsNotCalledAgain() throws InterruptedException {
        publisher().subscribe(subscriber);
        subscriber.request(5);
        FakeFeed feed = feeds.await(0).found();
        feed.awaitNext().complete(batch("a", "1"));
        CompletableFuture<Batch> late = feed.awaitNext();
        subscriber.subscription().cancel();
        eventually(() -> assertThat(feed.closed).isTrue());
        late.complete(batch("b", "2"));
        subscriber.request(1);
        subscriber.request(0);
        Demanding other = new Demanding();
        publisher().subscribe(other);
        other.request(1);
        feeds.await(1).found().awaitNext().complete(last("z", "9"));
        other.awaitComplete();
        assertThat(subscriber.batches()).hasSize(1);
        assertThat(subscriber.errors()).isEmpty();
        assertThat(subscriber.completions()).isZero();
    }

    @Test
    @LogsFaults("a subscriber of stream {} failed")
    void aSubscriberThatThrowsCountsAsCancelled() {
        AtomicInteger signals = new AtomicInteger();
        publisher().subscribe(new Counting(signals) {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {
                subscription.request(Long.MAX_VALUE);
            }

            @Override
            public void onNext(Batch batch) {
                super.onNext(batch);
                throw new IllegalStateException("a subscriber's own fault, on purpose");
            }
        });
        FakeFeed feed = feeds.await(0).found();
        feed.awaitNext().complete(batch("a", "1"));
        eventually(() -> assertThat(feed.closed).isTrue());
        assertThat(feed.askedCount()).isEqualTo(1);
        assertThat(signals).hasValue(1);
    }

    @Test
    void droppedDataIsAnErrorAndSoIsALastingFailure() throws InterruptedException {
        publisher().subscribe(subscriber);
        subscriber.request(1);
        OffsetGone gone = new OffsetGone("on purpose", "5");
        feeds.await(0).found().awaitNext().completeExceptionally(gone);
        assertThat(subscriber.awaitError()).isSameAs(gone);
        Demanding other = new Demanding();
        publisher().subscribe(other);
        StreamException refused = new StreamException.Invalid("invalid_offset", 400, "on purpose");
        feeds.await(1).opened.completeExceptionally(refused);
        assertThat(other.awaitError()).isSameAs(refused);
    }

    @Test
    void theLastBatchCompletesWithoutFurtherDemand() throws InterruptedException {
        publisher().subscribe(subscriber);
        subscriber.request(1);
        feeds.await(0).found().awaitNext().complete(last("a", "1"));
        subscriber.awaitComplete();
    }

    @Test
    void thereIsNoSubscriberThatIsNull() {
        assertThatThrownBy(() -> publisher().subscribe(null)).isInstanceOf(NullPointerException.class);
    }

    /** A subscriber that counts its calls. */
    private abstract static class Counting implements Flow.Subscriber<Batch> {
        private final AtomicInteger signals;

        Counting(AtomicInteger signals) {
            this.signals = signals;
        }

        @Override
        public void onNext(Batch batch) {
            signals.incrementAndGet();
        }

        @Override
        public void onError(Throwable failure) {
            signals.incrementAndGet();
        }

        @Override
        public void onComplete() {
            signals.incrementAndGet();
        }
    }
}
