package io.streamkeeper.client.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When a server has sent nothing for too long, and when not. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SilenceTest {
    private static final Duration LIMIT = Duration.ofMillis(200);

    private final Silence silence = new Silence(LIMIT);
    private final CountDownLatch broken = new CountDownLatch(1);
    private final long begun = System.nanoTime();

    private Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    @Test
    void aWaitInWhichNothingIsHeardIsBroken() throws InterruptedException {
        silence.begin(LIMIT, broken::countDown);
        broken.await();
        assertThat(elapsed()).isGreaterThanOrEqualTo(LIMIT);
    }

    @Test
    void theFirstByteMayHaveAShorterLimit() throws InterruptedException {
        Silence patient = new Silence(Duration.ofHours(1));
        patient.begin(Duration.ofHours(1), () -> {
            throw new AssertionError("this wait has ended");
        });
        patient.end();
        patient.begin(LIMIT, broken::countDown);
        broken.await();
        assertThat(elapsed()).isGreaterThanOrEqualTo(LIMIT);
        patient.close();
    }

    @Test
    void receivedBytesRestartTheTime() throws InterruptedException {
        Duration limit = Duration.ofSeconds(2);
        Silence kept = new Silence(limit);
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        CountDownLatch enough = new CountDownLatch(25);
        kept.begin(limit, broken::countDown);
        timer.scheduleAtFixedRate(
                () -> {
                    kept.received();
                    enough.countDown();
                },
                0,
                100,
                TimeUnit.MILLISECONDS);
        enough.await();
        assertThat(elapsed()).isGreaterThan(limit);
        assertThat(broken.getCount()).isEqualTo(1);
        timer.shutdownNow();
        assertThat(timer.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
        broken.await();
        assertThat(elapsed()).isGreaterThan(limit.multipliedBy(2));
    }

    @Test
    void nothingIsBrokenWhereNobodyWaits() throws InterruptedException {
        AtomicInteger wrong = new AtomicInteger();
        silence.begin(LIMIT, wrong::incrementAndGet);
        silence.end();
        Silence closed = new Silence(LIMIT);
        closed.begin(LIMIT, wrong::incrementAndGet);
        closed.close();
        closed.begin(LIMIT, wrong::incrementAndGet);
        Silence later = new Silence(LIMIT.multipliedBy(2));
        later.begin(LIMIT.multipliedBy(2), broken::countDown);
        broken.await();
        assertThat(wrong).hasValue(0);
    }
}
