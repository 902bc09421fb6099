package io.streamkeeper.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SpareMemoryTest {
    private final FakeMemory memory = new FakeMemory();
    private final SpareMemory spare = new SpareMemory(memory, 0);
    private long nowNanos;

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
    void aBusyServerReturnsNothing() {
        idle(1);
        memory.calls.clear();

        work(20);

        assertThat(memory.calls).isEmpty();
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

        work(4);
        idle(20);

        assertThat(memory.calls).containsExactly("begin", "end", "trim");
    }

    @Test
    void collectionsTakeASmallPartOfTheWorkOfAServerWithManyLiveObjects() {
        memory.live = 400L << 20;
        idle(SpareMemory.IDLE_STEPS + 2);
        assertThat(memory.calls).containsExactly("begin", "end", "trim");
        memory.calls.clear();

        // 16.8 s of work for 400 MiB.
        work(16);
        idle(SpareMemory.IDLE_STEPS + 1);
        assertThat(memory.calls).isEmpty();
        work(1);
        idle(SpareMemory.IDLE_STEPS + 1);
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
            nowNanos += SpareMemory.INTERVAL_NANOS;
            memory.processor += processorNanos;
            spare.step(nowNanos);
        }
    }

    private static final class FakeMemory implements SpareMemory.Memory {
        private final List<String> calls = new ArrayList<>();
        private long processor;
        private long live;
        private boolean lacksLibrary;

        @Override
        public void limitFree() {
            if (lacksLibrary) {
                throw new NoClassDefFoundError("no descriptor is left for a library");
            }
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
