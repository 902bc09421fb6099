package io.streamkeeper.storage.tier;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

class DurableCutTest {
    @Test
    void theLogsAreReadAtOneMoment() {
        AtomicLong reads = new AtomicLong();
        // The bytes of a source become durable in the first log, and then a fork of them in the second.
        AtomicLong source = new AtomicLong(1);
        AtomicLong fork = new AtomicLong(1);
        LongSupplier first = () -> {
            long value = source.get();
            if (reads.incrementAndGet() <= 2) {
                source.incrementAndGet();
                fork.incrementAndGet();
            }
            return value;
        };
        assertThat(DurableCut.of(List.of(first, fork::get))).containsExactly(3, 3);
    }

    @Test
    void logsThatNeverRestHaveNoMoment() {
        AtomicLong busy = new AtomicLong();
        assertThat(DurableCut.of(List.of(busy::incrementAndGet))).isNull();
    }
}
