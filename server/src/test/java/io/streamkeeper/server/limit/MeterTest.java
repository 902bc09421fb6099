package io.streamkeeper.server.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.server.config.Quota;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MeterTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    /** The monotonic clock begins anywhere, and may pass from positive to negative numbers. */
    private long now = Long.MAX_VALUE - SECOND;

    private final Meter meter = new Meter(new Quota(10, 5), now);

    @Test
    void theWholeAmountIsAvailableAtOnceAndNoMore() {
        for (int i = 0; i < 10; i++) {
            assertThat(meter.tryTake(1, now)).as("token %d", i).isTrue();
        }
        assertThat(meter.tryTake(1, now)).isFalse();
        assertThat(meter.tokens(now)).isZero();
        assertThat(meter.waitNanos(1, now)).isEqualTo(SECOND / 2);
    }

    @Test
    void tokensReturnEvenlyAlsoWhereTheClockOverflows() {
        assertThat(meter.tryTake(10, now)).isTrue();
        now += SECOND / 2 - 1;
        assertThat(meter.tryTake(1, now)).isFalse();
        now += 1;
        assertThat(meter.tryTake(1, now)).isTrue();
        assertThat(meter.tryTake(1, now)).isFalse();
        now += 2 * SECOND;
        assertThat(meter.tokens(now)).isEqualTo(4);
        now += 100 * SECOND;
        assertThat(meter.isFull(now)).isTrue();
        assertThat(meter.tokens(now)).isEqualTo(10);
    }

    @Test
    void aDebtIsPaidBeforeAnythingIsAllowed() {
        meter.take(30, now);

        assertThat(meter.has(1, now)).isFalse();
        assertThat(meter.waitNanos(1, now)).isEqualTo(10 * SECOND + SECOND / 2);
        now += 10 * SECOND;
        assertThat(meter.tryTake(1, now)).isFalse();
        now += SECOND / 2;
        assertThat(meter.tryTake(1, now)).isTrue();
    }

    @Test
    void aDebtIsBoundedSoThatTimesDoNotOverflow() {
        for (int i = 0; i < 100; i++) {
            meter.take(Long.MAX_VALUE / 2, now);
        }
        assertThat(meter.waitNanos(1, now)).isBetween(Meter.DEBT_NANOS_MAX, Meter.DEBT_NANOS_MAX + SECOND);
    }

    @Test
    void overAnyTimeNoMoreIsAllowedThanTheQuotaStates() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 200; round++) {
            Quota quota = new Quota(1 + random.nextLong(5_000), 1 + random.nextLong(60));
            Meter random1 = new Meter(quota, now);
            double bucket = quota.amount();
            double perNano = (double) quota.amount() / quota.windowNanos();
            for (int step = 0; step < 500; step++) {
                long passed = random.nextLong(quota.windowNanos() / 50 + 1);
                now += passed;
                bucket = Math.min((double) quota.amount(), bucket + passed * perNano);
                long tokens = 1 + random.nextLong(Math.max(1, quota.amount() / 20));
                boolean taken = random1.tryTake(tokens, now);
                if (Math.abs(bucket - tokens) > 1e-3) {
                    assertThat(taken)
                            .as("seed %d, round %d, step %d: %s of %f", seed, round, step, tokens, bucket)
                            .isEqualTo(bucket >= tokens);
                }
                bucket -= taken ? tokens : 0;
            }
        }
    }
}
