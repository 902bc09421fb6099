package io.streamkeeper.client.listen;

import static io.streamkeeper.client.listen.FakeFeed.batch;
import static io.streamkeeper.client.listen.FakeFeed.last;
import static io.streamkeeper.client.listen.FakeFeed.passing;
import static io.streamkeeper.client.recording.Recorder.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.client.api.Batch;
import io.streamkeeper.client.api.From;
import io.streamkeeper.client.api.StreamException;
import io.streamkeeper.client.api.StreamException.OffsetGone;
import io.streamkeeper.client.api.StreamMetadata;
import io.streamkeeper.client.listen.Listening.Status;
import io.streamkeeper.client.recording.Recorder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How a follower treats feeds that are slow, break or answer wrongly. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FollowerTest {
    private final FakeFeeds feeds = new FakeFeeds();
    private final Recorder recorder = new Recorder();

    private Follower follow(From from, Executor executor) {
        Follower follower = new Follower("path", from, feeds, recorder, executor, Long.MAX_VALUE);
        follower.resume();
        return follower;
    }

    private Follower follow(From from) {
        return follow(from, ForkJoinPool.commonPool());
    }

    // ---- reading ----

    @Test
    void aBatchIsRequestedWhenTheOneBeforeWasProcessed() throws InterruptedException {
        CountDownLatch called = new CountDownLatch(1);
        CountDownLatch returns = new CountDownLatch(1);
        recorder.onEach(batch -> {
            called.countDown();
            Recorder.awaitLatch(returns);
        });
        Follower follower = follow(From.beginning());
        FakeFeed feed = feeds.await(0).found();
        feed.awaitNext().complete(batch("a", "1"));
        called.await();
        assertThat(feed.askedCount()).isEqualTo(1);
        assertThat(follower.offset()).isEqualTo("-1");
        returns.countDown();
        feed.awaitNext().complete(batch("b", "2"));
        recorder.awaitText("ab");
        feed.awaitNext();
        assertThat(feed.places).containsExactly(From.beginning(), From.offset("1"), From.offset("2"));
    }

    @Test
    void anEmptyBatchMovesThePlaceAndIsNotDelivered() {
        Follower follower = follow(From.beginning());
        FakeFeed feed = feeds.await(0).found();
        feed.awaitNext().complete(batch("", "1"));
        feed.awaitNext();
        assertThat(follower.offset()).isEqualTo("1");
        assertThat(recorder.offsets()).isEmpty();
    }

    @Test
    void nowIsTheTailThatWasFoundAtFirst() {
        Follower follower = follow(From.now());
        feeds.await(0).opened.completeExceptionally(passing());
        FakeFeed feed = feeds.await(1).found();
        feed.awaitNext().completeExceptionally(passing());
        feeds.await(2).found().awaitNext();
        assertThat(feeds.await(2).places).containsExactly(From.offset("tail"));
        assertThat(follower.offset()).isEqualTo("tail");
    }

    @Test
    void aBatchThatArrivesAfterAStopIsNotDelivered() {
        Follower follower = follow(From.beginning());
        FakeFeed feed = feeds.await(0).found();
        CompletableFuture<Batch> late = feed.awaitNext();
        assertThat(follower.stop().join()).isEqualTo("-1");
        assertThat(feed.closed).isTrue();
        late.complete(batch("late", "1"));
        follower.resume();
        FakeFeed second = feeds.await(1).found();
        second.awaitNext().complete(last("first", "1"));
        recorder.awaitComplete();
        assertThat(recorder.text()).isEqualTo("first");
        assertThat(second.places).containsExactly(From.beginning());
    }

    // ---- failures ----

    @Test
    void whatPassesIsTriedAgainWhereItBroke() {
        follow(From.beginning());
        feeds.await(0).found().awaitNext().complete(batch("a", "1"));
        feeds.await(0).awaitNext().completeExceptionally(passing());
        feeds.await(1).opened.completeExceptionally(passing());
        FakeFeed third = feeds.await(2).found();
        third.awaitNext().complete(last("b", "2"));
        assertThat(recorder.awaitComplete()).isEqualTo("2");
        assertThat(recorder.text()).isEqualTo("ab");
        assertThat(third.places).containsExactly(From.offset("1"));
        assertThat(feeds.await(0).closed).isTrue();
        assertThat(feeds.await(1).closed).isTrue();
        assertThat(recorder.statuses())
                .containsExactly(
                        Status.CONNECTING,
                        Status.STREAMING,
                        Status.DISCONNECTED,
                        Status.CONNECTING,
                        Status.DISCONNECTED,
                        Status.CONNECTING,
                        Status.STREAMING,
                        Status.IDLE);
    }

    @Test
    void itWaitsLongerWithEachFailureInARow() {
        follow(From.beginning());
        List<Long> times = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            feeds.await(i).opened.completeExceptionally(passing());
            times.add(System.nanoTime());
        }
        feeds.await(5);
        assertThat(System.nanoTime() - times.get(4))
                .isGreaterThan(Duration.ofSeconds(2).toNanos());
        assertThat(times.get(1) - times.get(0))
                .isGreaterThan(Duration.ofMillis(120).toNanos());
        assertThat(times.get(4) - times.get(3))
                .isGreaterThan(Duration.ofMillis(990).toNanos());
    }

    private static StreamException askingToWait(int seconds) {
        return StreamException.ofAnswer(503, null, "on purpose", null, Duration.ofSeconds(seconds));
    }

    @Test
    void itWaitsAsLongAsTheServerAsks() {
        follow(From.beginning());
        long begun = System.nanoTime();
        feeds.await(0).opened.completeExceptionally(askingToWait(1));
        feeds.await(1);
        assertThat(System.nanoTime() - begun)
                .isGreaterThan(Duration.ofSeconds(1).toNanos());
    }

    @Test
    void aStopEndsTheWaitForAnotherTry() {
        Follower follower = follow(From.beginning());
        feeds.await(0).opened.completeExceptionally(askingToWait(60));
        recorder.awaitStatus(Status.DISCONNECTED);
        follower.stop().join();
        assertThat(follower.status()).isEqualTo(Status.IDLE);
        assertThat(follower.listening()).isFalse();
        follower.resume();
        feeds.await(1).found().awaitNext().complete(last("a", "1"));
        recorder.awaitComplete();
        assertThat(feeds.count()).isEqualTo(2);
    }

    @Test
    void aTryThatWasStoppedIsNotMadeUpForLater() {
        Follower follower = follow(From.beginning());
        feeds.await(0).opened.completeExceptionally(askingToWait(1));
        recorder.awaitStatus(Status.DISCONNECTED);
        follower.stop().join();
        follower.resume();
        long begun = System.nanoTime();
        feeds.await(1).opened.completeExceptionally(askingToWait(2));
        feeds.await(2);
        assertThat(System.nanoTime() - begun)
                .isGreaterThan(Duration.ofSeconds(2).toNanos());
    }

    @Test
    void whatDoesNotPassEndsIt() {
        Follower follower = follow(From.beginning());
        StreamException refused = new StreamException.Invalid("invalid_offset", 400, "on purpose");
        feeds.await(0).found().awaitNext().completeExceptionally(refused);
        assertThat(recorder.awaitError(StreamException.class)).isSameAs(refused);
        assertThat(follower.status()).isEqualTo(Status.IDLE);
        assertThat(feeds.await(0).closed).isTrue();
    }

    @Test
    void aFeedThatCannotBeMadeOrThrowsIsAnError() {
        IllegalStateException fault = new IllegalStateException("on purpose");
        Recorder ofNone = new Recorder();
        new Follower(
                        "path",
                        From.now(),
                        () -> {
                            throw fault;
                        },
                        ofNone,
                        Runnable::run,
                        1)
                .resume();
        assertThat(ofNone.awaitError(IllegalStateException.class)).isSameAs(fault);
        assertThat(ofNone.statuses()).containsExactly(Status.CONNECTING, Status.IDLE);
    }

    @Test
    void aListenerThatRequestsDroppedDataAgainGetsTheError() {
        OffsetGone gone = new OffsetGone("on purpose", "5");
        recorder.continuingAt(same -> From.offset("3"));
        follow(From.offset("3"));
        feeds.await(0).found().awaitNext().completeExceptionally(gone);
        assertThat(recorder.awaitError(OffsetGone.class)).isSameAs(gone);
    }

    @Test
    void anExceptionOfOnGoneIsAnError() {
        recorder.continuingAt(gone -> {
            throw new IllegalStateException("on purpose");
        });
        follow(From.offset("3"));
        feeds.await(0).found().awaitNext().completeExceptionally(new OffsetGone("on purpose", "5"));
        recorder.awaitError(IllegalStateException.class);
    }

    // ---- executors ----

    @Test
    void tasksThatAnExecutorRefusesAreRunElsewhere() {
        follow(From.beginning(), task -> {
            throw new RejectedExecutionException("on purpose");
        });
        feeds.await(0).found().awaitNext().completeExceptionally(passing());
        feeds.await(1).found().awaitNext().complete(last("a", "1"));
        recorder.awaitComplete();
    }

    @Test
    void anExecutorThatRunsTasksAtOnceServesAnyNumberOfBatches() {
        int count = 100_000;
        Feed feed = new Feed() {
            @Override
            public CompletableFuture<StreamMetadata> open(From from) {
                return new FakeFeed().found().opened;
            }

            @Override
            public CompletableFuture<Batch> next(From from) {
                int number = from.equals(From.beginning()) ? 0 : Integer.parseInt(from.offset());
                String next = Integer.toString(number + 1);
                return CompletableFuture.completedFuture(number + 1 < count ? batch("x", next) : last("x", next));
            }

            @Override
            public boolean isPassing(StreamException failure) {
                return false;
            }

            @Override
            public void close() {}
        };
        new Follower("path", From.beginning(), () -> feed, recorder, Runnable::run, Long.MAX_VALUE).resume();
        assertThat(recorder.completions()).containsExactly(Integer.toString(count));
        assertThat(recorder.bytes()).hasSize(count);
    }

    @Test
    void aCallOfTheListenerMayStopResumeAndResetIt() {
        List<Follower> self = new ArrayList<>();
        recorder.onEach(batch -> {
            self.get(0).stop();
            self.get(0).reset();
            self.get(0).resume();
        });
        self.add(new Follower("path", From.beginning(), feeds, recorder, ForkJoinPool.commonPool(), Long.MAX_VALUE));
        self.get(0).resume();
        feeds.await(0).found().awaitNext().complete(batch("a", "1"));
        FakeFeed second = feeds.await(1).found();
        second.awaitNext();
        assertThat(second.places).containsExactly(From.beginning());
        eventually(() -> assertThat(feeds.await(0).closed).isTrue());
    }
}
