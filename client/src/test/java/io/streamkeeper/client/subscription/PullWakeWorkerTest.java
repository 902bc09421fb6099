package io.streamkeeper.client.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.client.api.Batch;
import io.streamkeeper.client.api.StreamException;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.output.LogsFaults;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a worker requests, and what it does when a request, the handler or the lease ends otherwise than it should. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PullWakeWorkerTest {
    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
    private final BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();
    private final BlockingQueue<Throwable> ends = new LinkedBlockingQueue<>();
    private FakeSubscription subscription = new FakeSubscription(Duration.ofSeconds(30));
    private PullWakeWorker worker;

    /** What the handler does beside recording. */
    private interface Action {
        void run(Work work, String text) throws Exception;
    }

    private void start(Action action) {
        worker = PullWakeWorker.start(subscription.streams(), "jobs", "me", new WorkHandler() {
            @Override
            public void onData(Work work, Batch batch) throws Exception {
                String text = work.stream().path() + batch.text();
                received.add(text);
                action.run(work, text);
            }

            @Override
            public void onFailure(Throwable failure) {
                failures.add(failure);
            }

            @Override
            public void onEnd(Throwable failure) {
                ends.add(failure);
            }
        });
    }

    @AfterEach
    void stop() {
        if (worker != null) {
            worker.close();
        }
    }

    private void awaitLog(String line) throws InterruptedException {
        while (!subscription.log.contains(line)) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    @Test
    void workThatIsThereAndWorkThatComesLaterIsProcessedAndAcknowledged() throws Exception {
        subscription.append("a", "12");
        subscription.append("b", "3");
        start((work, text) -> {});
        awaitLog("done {a=2, b=1}");
        assertThat(received).containsExactly("a1", "a2", "b3");
        assertThat(subscription.log).containsExactly("listen to wakes from now", "claim by me", "done {a=2, b=1}");
        subscription.append("a", "4");
        awaitLog("done {a=3}");
        assertThat(received).containsExactly("a1", "a2", "b3", "a4");
        assertThat(failures).isEmpty();
        worker.close();
        assertThat(subscription.log).endsWith("stop");
    }

    @Test
    void theLeaseIsExtendedWhileTheHandlerRuns() throws Exception {
        subscription = new FakeSubscription(Duration.ofMillis(60));
        subscription.append("a", "1");
        start((work, text) -> {
            awaitLog("ack {}");
            assertThat(work.isHeld()).isTrue();
            assertThat(work.generation()).isEqualTo(1);
        });
        awaitLog("done {a=1}");
    }

    @Test
    void whatWasProcessedIsAcknowledgedDuringLongWork() throws Exception {
        subscription.append("a", "123");
        start((work, text) -> {
            if (!text.equals("a3")) {
                TimeUnit.MILLISECONDS.sleep(600);
            } else {
                awaitLog("ack {a=2}");
            }
        });
        awaitLog("done {a=3}");
    }

    @Test
    void aFailureOfTheHandlerGivesTheRestBackAndIsTriedAgain() throws Exception {
        subscription.append("a", "12");
        start((work, text) -> {
            if (text.equals("a2") && work.generation() == 1) {
                throw new IllegalStateException("not now");
            }
        });
        awaitLog("done {a=2}");
        assertThat(failures).extracting(Throwable::getMessage).containsExactly("not now");
        assertThat(received).containsExactly("a1", "a2", "a2");
        assertThat(subscription.log)
                .containsSubsequence("claim by me", "ack {a=1}", "release", "claim by me", "done {a=2}");
    }

    @Test
    void aWorkerThatIsFencedStopsAndClaimsAgain() throws Exception {
        subscription = new FakeSubscription(Duration.ofMillis(60));
        subscription.append("a", "12");
        start((work, text) -> {
            if (work.generation() == 1) {
                subscription.fence();
                for (int i = 0; i < 1_000 && work.isHeld(); i++) {
                    TimeUnit.MILLISECONDS.sleep(5);
                }
            }
        });
        awaitLog("done {a=2}");
        assertThat(received).containsExactly("a1", "a1", "a2");
        assertThat(failures).isEmpty();
        assertThat(subscription.log).doesNotContain("release");
    }

    @Test
    void aServerThatIsNotAvailableIsAskedAgain() throws Exception {
        subscription.append("a", "1");
        subscription.failNext(new StreamException.Unavailable("unreachable", 0, "not there", null));
        start((work, text) -> {});
        awaitLog("done {a=1}");
        assertThat(failures).extracting(Throwable::getMessage).containsExactly("not there");
    }

    @Test
    void aWorkerEndsIfItsSubscriptionDoesNotExist() throws Exception {
        subscription.failNext(StreamException.of(Refusal.of(ErrorCode.SUBSCRIPTION_NOT_FOUND, "gone")));
        start((work, text) -> {});
        assertThat(ends.take()).isInstanceOf(StreamException.NotFound.class).hasMessage("gone");
    }

    @Test
    void aStreamThatIsDeletedDuringTheWorkIsLeftOut() throws Exception {
        subscription.append("a", "12");
        subscription.append("b", "3");
        start((work, text) -> subscription.remove("a"));
        awaitLog("done {a=1, b=1}");
        assertThat(received).containsExactly("a1", "b3");
    }

    @Test
    void closingWaitsForTheHandlerAndGivesTheRestBack() throws Exception {
        subscription.append("a", "12");
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch closing = new CountDownLatch(1);
        start((work, text) -> {
            begun.countDown();
            closing.await();
            TimeUnit.MILLISECONDS.sleep(50);
        });
        begun.await();
        closing.countDown();
        worker.close();
        assertThat(subscription.log).endsWith("ack {a=1}", "release", "stop");
        assertThat(subscription.acked("a")).isEqualTo(1);
    }

    @Test
    void theHandlerMayCloseItsWorker() throws Exception {
        subscription.append("a", "12");
        start((work, text) -> worker.close());
        awaitLog("release");
        assertThat(received).containsExactly("a1");
    }

    @Test
    @LogsFaults("the work of a subscription has failed")
    void aFailureIsLoggedIfTheHandlerDoesNotTakeIt() throws Exception {
        subscription.append("a", "1");
        worker = PullWakeWorker.start(subscription.streams(), "jobs", "me", (work, batch) -> {
            if (work.generation() == 1) {
                throw new IllegalStateException("not now");
            }
        });
        awaitLog("done {a=1}");
    }
}
