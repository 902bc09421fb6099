package io.streamkeeper.storage.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Memory is reserved before it is used, never past its bound, and given back once (I7). */
class BudgetTest {
    private final Budget budget = new Budget("tests", 100);

    @Test
    void whatDoesNotFitIsNotReserved() {
        assertThat(budget.tryReserve(60)).isTrue();
        assertThat(budget.tryReserve(41)).isFalse();
        assertThat(budget.usedBytes()).isEqualTo(60);
        assertThat(budget.tryReserve(40)).isTrue();
        budget.release(100);
        assertThat(budget.leftBytes()).isEqualTo(100);
    }

    @Test
    void aReservationIsGivenBackOnceHoweverOftenItIsClosed() {
        Reservation reservation = Objects.requireNonNull(budget.reserve(30));
        assertThat(reservation.tryGrow(20)).isTrue();
        assertThat(reservation.tryGrow(51)).isFalse();
        assertThat(budget.usedBytes()).isEqualTo(50);
        reservation.close();
        reservation.close();
        assertThat(budget.usedBytes()).isZero();
        assertThat(reservation.tryGrow(1)).isFalse();
        assertThat(budget.usedBytes()).isZero();
    }

    @Test
    void aBufferCountsUntilItsLastReleaseAndNotLonger() {
        BudgetedBuffers buffers = new BudgetedBuffers(budget);
        Reservation reservation = Objects.requireNonNull(budget.reserve(80));
        ByteBuf buffer = buffers.allocate(reservation, 50);
        ByteBuf slice = buffer.retainedSlice(0, 10);
        reservation.close();
        assertThat(budget.usedBytes()).isEqualTo(50);
        buffer.release();
        assertThat(budget.usedBytes()).isEqualTo(50);
        slice.release();
        assertThat(budget.usedBytes()).isZero();
        assertThat(buffers.tryAllocate(101)).isNull();
    }

    @Test
    void nothingIsAllocatedThatWasNotReserved() {
        Reservation reservation = Objects.requireNonNull(budget.reserve(10));
        assertThatThrownBy(() -> new BudgetedBuffers(budget).allocate(reservation, 11))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("11");
        reservation.close();
        assertThat(budget.usedBytes()).isZero();
    }

    @Test
    void aShareIsBoundedByItselfAndByTheWhole() {
        Budget one = budget.share(70);
        Budget other = budget.share(70);
        assertThat(one.tryReserve(71)).isFalse();
        assertThat(one.tryReserve(70)).isTrue();
        assertThat(other.tryReserve(31)).isFalse();
        assertThat(other.leftBytes()).isEqualTo(30);
        assertThat(other.usedBytes()).isZero();
        assertThat(budget.usedBytes()).isEqualTo(70);
        one.release(70);
        assertThat(budget.usedBytes()).isZero();
    }

    @Test
    void theLineIsServedInOrderAndNobodyPassesIt() {
        List<String> granted = new ArrayList<>();
        budget.tryReserve(90);
        budget.await(50, () -> granted.add("first"));
        budget.await(5, () -> granted.add("second"));
        assertThat(budget.tryReserve(1)).isFalse();
        assertThat(granted).isEmpty();
        budget.release(45);
        assertThat(granted).containsExactly("first", "second");
        assertThat(budget.usedBytes()).isEqualTo(100);
        assertThat(budget.isAwaited()).isFalse();
    }

    @Test
    void whoLeavesTheLineGetsNothingAndHoldsNobodyUp() {
        List<String> granted = new ArrayList<>();
        budget.tryReserve(90);
        Budget.Waiter first = budget.await(50, () -> granted.add("first"));
        budget.await(10, () -> granted.add("second"));
        assertThat(first.cancel()).isTrue();
        assertThat(granted).containsExactly("second");
        assertThat(first.cancel()).isFalse();
        assertThat(budget.usedBytes()).isEqualTo(100);
    }

    @Test
    void whatWouldNeverBeGrantedIsNotAwaited() {
        assertThatThrownBy(() -> budget.await(101, () -> {})).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void threadsThatAskAtOneMomentNeverPassTheBoundTogether() throws Exception {
        AtomicLong held = new AtomicLong();
        AtomicBoolean passed = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        CountDownLatch ready = new CountDownLatch(4);
        List<Future<?>> runs = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            runs.add(threads.submit(() -> {
                ready.countDown();
                ready.await();
                for (int j = 0; j < 20_000; j++) {
                    int bytes = 1 + j % 60;
                    if (budget.tryReserve(bytes)) {
                        passed.compareAndSet(false, held.addAndGet(bytes) > 100);
                        held.addAndGet(-bytes);
                        budget.release(bytes);
                    } else if (j % 7 == 0) {
                        CountDownLatch granted = new CountDownLatch(1);
                        budget.await(bytes, granted::countDown);
                        granted.await();
                        passed.compareAndSet(false, held.addAndGet(bytes) > 100);
                        held.addAndGet(-bytes);
                        budget.release(bytes);
                    }
                }
                return null;
            }));
        }
        for (Future<?> run : runs) {
            run.get();
        }
        threads.shutdown();
        assertThat(passed).isFalse();
        assertThat(budget.usedBytes()).isZero();
        assertThat(budget.isAwaited()).isFalse();
    }
}
