package io.streamkeeper.client.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.output.LogsFaults;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One task at a time, in order, on any executor. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SerialExecutorTest {
    @Test
    void tasksOfManyThreadsRunOneAtATimeAndThoseOfOneInOrder() throws InterruptedException {
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try {
            SerialExecutor serial = new SerialExecutor(pool);
            int threads = 4;
            int tasks = 2_000;
            AtomicInteger running = new AtomicInteger();
            AtomicInteger overlaps = new AtomicInteger();
            List<List<Integer>> done = new ArrayList<>();
            CountDownLatch finished = new CountDownLatch(threads * tasks);
            for (int thread = 0; thread < threads; thread++) {
                List<Integer> order = new ArrayList<>();
                done.add(order);
                pool.execute(() -> IntStream.range(0, tasks)
                        .forEach(number -> serial.execute(() -> {
                            overlaps.addAndGet(running.getAndIncrement());
                            order.add(number);
                            running.decrementAndGet();
                            finished.countDown();
                        })));
            }
            finished.await();
            assertThat(overlaps).hasValue(0);
            assertThat(done)
                    .allSatisfy(order -> assertThat(order).hasSize(tasks).isSorted());
        } finally {
            pool.shutdown();
        }
    }

    @Test
    @LogsFaults("a task failed")
    void aTaskThatFailsDoesNotHoldUpTheOthers() {
        List<Integer> done = new ArrayList<>();
        SerialExecutor serial = new SerialExecutor(Runnable::run);
        serial.execute(() -> {
            serial.execute(() -> {
                throw new AssertionError("a task's own fault, on purpose");
            });
            serial.execute(() -> done.add(2));
            done.add(1);
        });
        serial.execute(() -> done.add(3));
        assertThat(done).containsExactly(1, 2, 3);
    }

    @Test
    void tasksThatSubmitTasksNeedNoDeepStack() {
        AtomicInteger count = new AtomicInteger();
        SerialExecutor serial = new SerialExecutor(Runnable::run);
        serial.execute(new Runnable() {
            @Override
            public void run() {
                if (count.incrementAndGet() < 1_000_000) {
                    serial.execute(this);
                }
            }
        });
        assertThat(count).hasValue(1_000_000);
    }

    @Test
    void whatTheExecutorRefusesRunsOnTheCommonPool() throws InterruptedException {
        CountDownLatch done = new CountDownLatch(2);
        SerialExecutor serial = new SerialExecutor(task -> {
            throw new RejectedExecutionException("on purpose");
        });
        serial.execute(() -> {
            serial.execute(done::countDown);
            done.countDown();
        });
        done.await();
    }
}
