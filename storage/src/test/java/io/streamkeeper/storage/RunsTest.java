package io.streamkeeper.storage;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.streamkeeper.protocol.JsonMessages;
import io.streamkeeper.protocol.JsonSplitter;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.storage.record.RunLimits;
import io.streamkeeper.storage.record.Runs;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RunsTest {
    private static JsonMessages messages(int count, Random random) {
        StringBuilder text = new StringBuilder("[");
        for (int i = 0; i < count; i++) {
            text.append(i == 0 ? "" : ",").append("1".repeat(1 + random.nextInt(5)));
        }
        return Objects.requireNonNull(new JsonSplitter()
                .split(Unpooled.copiedBuffer(text.append(']'), US_ASCII))
                .messages());
    }

    private static Runs runs(JsonMessages messages, String bytesMax, String messagesMax) {
        return Runs.of(messages, RunLimits.of(Retention.parse(null, bytesMax, messagesMax)));
    }

    private static void assertWhole(Runs runs, JsonMessages messages) {
        assertThat(runs.bytes()).isEqualTo(messages.storedBytes());
        assertThat(runs.messages()).isEqualTo(messages.count());
    }

    /** Bytes or messages of the last runs, as many of them as are not longer than the limits allow. */
    private static int keptApart(Runs runs, RunLimits limits, boolean countsBytes) {
        int kept = 0;
        for (int run = runs.count() - 1; run >= 0 && limits.allow(runs.bytes(run), runs.messages(run)); run--) {
            kept += countsBytes ? runs.bytes(run) : runs.messages(run);
        }
        return kept;
    }

    @Test
    void anAppendOfFarMoreMessagesThanAreKeptHasFewRuns() {
        JsonMessages messages = messages(400_000, new Random(1));
        Runs runs = runs(messages, null, "100");

        assertWhole(runs, messages);
        assertThat(runs.count()).isLessThan(2 * RunLimits.RETAINED_PARTS + 100);
    }

    @Test
    void anAppendOfFarMoreBytesThanAreKeptHasFewRuns() {
        JsonMessages messages = messages(400_000, new Random(2));
        Runs runs = runs(messages, "300", null);

        assertWhole(runs, messages);
        assertThat(runs.count()).isLessThan(2 * RunLimits.RETAINED_PARTS + 100);
    }

    @Test
    void whatMayBeKeptFallsIntoRunsAsShortAsTheLimitsSay() {
        Seeds.forEach(300, random -> {
            JsonMessages messages = messages(1 + random.nextInt(20_000), random);
            int max = 1 + random.nextInt(5_000);
            Retention byMessages = Retention.parse(null, null, Integer.toString(max));
            Runs runs = Runs.of(messages, RunLimits.of(byMessages));
            assertWhole(runs, messages);
            assertThat(keptApart(runs, RunLimits.of(byMessages), false))
                    .isGreaterThanOrEqualTo(Math.min(max, messages.count()));

            Retention byBytes = Retention.parse(null, Integer.toString(max), null);
            Runs ofBytes = Runs.of(messages, RunLimits.of(byBytes));
            assertWhole(ofBytes, messages);
            assertThat(ofBytes.count())
                    .isLessThan(3 * RunLimits.RETAINED_PARTS + 2 + messages.storedBytes() / (1 << 15));
        });
    }
}
