package io.streamkeeper.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SpareMemoryTest {
    private static final long TARGET_BYTES = new HeapTarget(0, 0).bytes();

    private final FakeMemory memory = new FakeMemory();
    private final SpareMemory spare = new SpareMemory(memory, 0);
    private long nowNanos;
    private long untilStepNanos = SpareMemory.INTERVAL_NANOS;

    @Test
    void theHeapIsReturnedAfterTheStartAndOnceMoreWhenTheServerIsIdle() {
        idle(1);
        assertThat(memory.calls).containsExactly("collect");

        idle(20);
        assertThat(memory.calls).containsExactly("collect", "collect", "trim");
    }

    @Test
    void aHeapWithManyLiveObjectsIsNotCollectedAtTheStart() {
        memory.live = SpareMemory.LIVE_BYTES_MAX + 1;

        idle(1);

        assertThat(memory.calls).isEmpty();
    }

    @Test
    void aFailureEndsTheReturnsAndNotTheServer() {
        memory.lacksLibrary = true;

        idle(1);
        memory.lacksLibrary = false;
        work(3);
        idle(20);

        assertThat(memory.calls).isEmpty();
    }

    @Test
    void aBusyServerWithAHeapNearItsTargetReturnsNothing() {
        idle(1);
        memory.calls.clear();
        memory.heap = TARGET_BYTES * 3 / 2;

        work(20);

        assertThat(memory.calls).isEmpty();
    }

    @Test
    void theHeapOfABusyServerIsCollectedConcurrentlyUntilItHasItsTarget() {
        idle(1);
        memory.calls.clear();
        memory.heap = 4 * TARGET_BYTES;

        work(5);
        assertThat(memory.calls).containsExactly("begin");
        assertThat(memory.freePercentMin).isEqualTo(new HeapTarget(0, 0).freePercent());
        assertThat(memory.freePercentMax).isEqualTo(new HeapTarget(0, 0).freePercent());

        memory.heap = TARGET_BYTES;
        work(1);
        assertThat(memory.calls).containsExactly("begin", "end", "trim");
    }

    @Test
    void aConcurrentCollectionEndsAlthoughTheHeapStaysLarge() {
        idle(1);
        memory.calls.clear();
        memory.heap = 4 * TARGET_BYTES;

        work((int) (1 + SpareMemory.INTERVAL_NANOS / SpareMemory.COLLECTING_NANOS));

        assertThat(memory.calls).containsExactly("begin", "end", "trim");
    }

    @Test
    void aHeapThatStaysLargeIsCollectedEverMoreRarely() {
        idle(1);
        memory.calls.clear();
        memory.heap = 4 * TARGET_BYTES;
        long startNanos = nowNanos;

        while (nowNanos - startNanos < 10 * SpareMemory.PAUSE_NANOS_MAX) {
            work(1);
        }

        assertThat(memory.calls.stream().filter("begin"::equals)).hasSizeBetween(10, 18);
    }

    @Test
    void anIdleServerKeepsAsLittleHeapAsPossible() {
        idle(1);
        work(3);
        idle(SpareMemory.IDLE_STEPS);

        assertThat(memory.freePercentMax).isLessThan(HeapTarget.ROOM_PERCENT_MIN + 1);
    }

    @Test
    void anIdleServerReturnsHeapAndFreeMemoryOnce() {
        idle(1);
        memory.calls.clear();

        work(3);
        idle(20);

        assertThat(memory.calls).containsExactly("collect", "trim");
    }

    @Test
    void aShortPauseBetweenRequestsReturnsNothing() {
        idle(1);
        memory.calls.clear();

        for (int i = 0; i < 5; i++) {
            work(3);
            idle(SpareMemory.IDLE_STEPS - 1);
        }

        assertThat(memory.calls).isEmpty();
    }

    @Test
    void anIdleServerWithManyLiveObjectsIsCollectedConcurrently() {
        memory.live = SpareMemory.LIVE_BYTES_MAX + 1;
        idle(1);

        work(3);
        idle(20);

        assertThat(memory.calls).containsExactly("begin", "end", "trim");
    }

    @Test
    void memoryIsReturnedAgainAfterMoreWork() {
        work(3);
        idle(SpareMemory.IDLE_STEPS);
        memory.calls.clear();

        work(3);
        idle(SpareMemory.IDLE_STEPS);

        assertThat(memory.calls).containsExactly("collect", "trim");
    }

    private void idle(int steps) {
        steps(steps, 0);
    }

    private void work(int steps) {
        steps(steps, SpareMemory.WORK_NANOS);
    }

    private void steps(int steps, long processorNanos) {
        for (int i = 0; i < steps; i++) {
            nowNanos += untilStepNanos;
            memory.processor += processorNanos;
            untilStepNanos = spare.step(nowNanos);
        }
    }

    private static final class FakeMemory implements SpareMemory.Memory {
        private final List<String> calls = new ArrayList<>();
        private long processor;
        private long live;
        private long heap;
        private int freePercentMin;
        private int freePercentMax;
        private boolean lacksLibrary;

        @Override
        public void limitFree(int percentMin, int percentMax) {
            if (lacksLibrary) {
                throw new NoClassDefFoundError("no descriptor is left for a library");
            }
            freePercentMin = percentMin;
            freePercentMax = percentMax;
        }

        @Override
        public long processorNanos() {
            return processor;
        }

        @Override
        public long liveBytes() {
            return live;
        }

        @Override
        public long initialBytes() {
            return 0;
        }

        @Override
        public long heapBytes() {
            return heap;
        }

        @Override
        public void collect() {
            calls.add("collect");
        }

        @Override
        public void collectConcurrently(boolean begin) {
            calls.add(begin ? "begin" : "end");
        }

        @Override
        public void trim() {
            calls.add("trim");
        }
    }
}
