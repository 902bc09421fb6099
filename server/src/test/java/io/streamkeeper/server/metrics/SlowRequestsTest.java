package io.streamkeeper.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SlowRequestsTest {
    private static final long SLOW_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    @Test
    void aRequestIsSlowFromATenthOfASecondUnlessItWaitsOnPurpose() {
        assertThat(SlowRequests.isSlow(Operation.APPEND, SLOW_NANOS - 1)).isFalse();
        assertThat(SlowRequests.isSlow(Operation.APPEND, SLOW_NANOS)).isTrue();
        assertThat(SlowRequests.isSlow(Operation.LONG_POLL, 100 * SLOW_NANOS)).isFalse();
    }

    @Test
    void theLastOnesAreKept() {
        SlowRequests requests = new SlowRequests();
        assertThat(requests.copy()).isEmpty();
        for (int i = 0; i < 3 * SlowRequests.COUNT_MAX + 5; i++) {
            requests.add(i, Operation.READ, "/v1/stream/s" + i, 200, SLOW_NANOS + i, Map.of());
        }

        assertThat(requests.copy())
                .hasSize(SlowRequests.COUNT_MAX)
                .allMatch(request -> request.answeredMillis() >= 2 * SlowRequests.COUNT_MAX + 5)
                .contains(new SlowRequest(
                        3 * SlowRequests.COUNT_MAX + 4,
                        Operation.READ,
                        "/v1/stream/s" + (3 * SlowRequests.COUNT_MAX + 4),
                        200,
                        SLOW_NANOS + 3 * SlowRequests.COUNT_MAX + 4,
                        Map.of()));
    }

    @Test
    void aLongPathIsCut() {
        SlowRequests requests = new SlowRequests();
        requests.add(0, Operation.READ, "/" + "x".repeat(5_000), 200, SLOW_NANOS, Map.of());

        assertThat(requests.copy().get(0).path()).hasSize(1_024);
    }
}
