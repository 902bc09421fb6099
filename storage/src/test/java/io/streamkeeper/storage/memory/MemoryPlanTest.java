package io.streamkeeper.storage.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The parts fit the whole, and what may come in can be stored (I7). */
class MemoryPlanTest {
    private static final long MIB = 1 << 20;

    private static long sum(MemoryPlan plan) {
        return plan.journalBytes()
                + plan.bodyBytes()
                + plan.completionBytes()
                + plan.readBytes()
                + plan.compressionBytes()
                + plan.receivedBytes()
                + plan.unsentBytes();
    }

    @ParameterizedTest
    @ValueSource(longs = {16, 64, 128, 256, 1_024, 6_000, 64_000})
    void thePartsTogetherLeaveASixteenthForEverythingElse(long mib) {
        long direct = mib * MIB;
        assertThat(sum(MemoryPlan.ofFiles(direct, direct, Long.MAX_VALUE))).isLessThanOrEqualTo(direct / 16 * 15);
        assertThat(sum(MemoryPlan.ofMemory(direct, direct, 0))).isLessThanOrEqualTo(direct / 64 * 63);
        MemoryPlan larger = MemoryPlan.ofFiles(direct, direct, Long.MAX_VALUE).withBodyBytesMax(direct / 8);
        assertThat(sum(larger)).isLessThanOrEqualTo(direct / 16 * 15);
    }

    @ParameterizedTest
    @ValueSource(longs = {64, 128, 256, 1_024, 6_000})
    void theDefaultBodyFitsEveryPartThatItPasses(long mib) {
        for (int shards = 1; shards <= 8; shards++) {
            MemoryPlan plan = MemoryPlan.ofFiles(mib * MIB, mib * MIB, Long.MAX_VALUE);
            long body = plan.defaultBodyBytesMax(shards);
            assertThat(body).isLessThanOrEqualTo(64 * MIB).isPositive();
            assertThat(body).isLessThanOrEqualTo(plan.completionBytes());
            assertThat(body).isLessThanOrEqualTo(plan.journalBytes() / shards / 2);
            assertThat(4 * body).isLessThanOrEqualTo(plan.splittingBytes());
        }
    }

    @Test
    void aLargeProcessTakesBodiesOf64MebibytesAndASmallOneOfASixteenth() {
        assertThat(MemoryPlan.ofFiles(4_096 * MIB, 4_096 * MIB, Long.MAX_VALUE).defaultBodyBytesMax(2))
                .isEqualTo(64 * MIB);
        assertThat(MemoryPlan.ofFiles(128 * MIB, 128 * MIB, Long.MAX_VALUE).defaultBodyBytesMax(1))
                .isEqualTo(8 * MIB);
    }

    @Test
    void streamsInMemoryLeaveRoomForRequests() {
        assertThatThrownBy(() -> MemoryPlan.ofMemory(128 * MIB, 128 * MIB, 128 * MIB))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("max-memory is 134217728")
                .hasMessageContaining("expected at most 125829120");
    }

    @ParameterizedTest
    @ValueSource(longs = {96, 128, 256, 1_024, 6_000, 64_000})
    void thePartsOfTheHeapLeaveAnEighthAndWhatTheServerTakesItself(long mib) {
        long heap = mib * MIB;
        MemoryPlan plan = MemoryPlan.ofFiles(heap, heap, Long.MAX_VALUE);
        assertThat(heapSum(plan)).isLessThanOrEqualTo(heap / 8 * 7 - 16 * MIB);
        MemoryPlan larger = plan.withBodyBytesMax(heap / 14);
        assertThat(larger.splittingBytes()).isGreaterThan(plan.splittingBytes()).isLessThan(larger.descriptionBytes());
        assertThat(heapSum(larger)).isLessThanOrEqualTo(heap / 8 * 7 - 16 * MIB);
    }

    /** What the files say of a stream with one run is up to half as much as the stream itself. */
    @ParameterizedTest
    @ValueSource(longs = {96, 128, 256, 1_024, 4_096, 64_000})
    void aStartHasRoomForWhatTheFilesSayOfAllStreams(long mib) {
        long heap = mib * MIB;
        assertThat(MemoryPlan.ofFiles(heap, heap, Long.MAX_VALUE).descriptionBytes() / 2 * 3)
                .isLessThanOrEqualTo(heap / 16 * 15);
    }

    private static long heapSum(MemoryPlan plan) {
        return plan.connectionBytes() + plan.headBytes() + plan.descriptionBytes();
    }

    @Test
    void theProcessTakesTheHeapTheBudgetsAndWhatTheJvmTakes() {
        MemoryPlan small = MemoryPlan.ofFiles(128 * MIB, 128 * MIB, Long.MAX_VALUE);
        assertThat(small.residentBytesMax()).isEqualTo(256 * MIB + MemoryPlan.JVM_BYTES);
        MemoryPlan large = MemoryPlan.ofFiles(4_096 * MIB, 4_096 * MIB, 256 * MIB);
        assertThat(large.residentBytesMax())
                .isEqualTo(4_096 * MIB + sum(large) + 256 * MIB + MemoryPlan.JVM_BYTES)
                .isLessThan(2 * 4_096 * MIB);
    }

    @Test
    void theLineNamesEachPart() {
        assertThat(MemoryPlan.ofFiles(128 * MIB, 128 * MIB, Long.MAX_VALUE).text())
                .isEqualTo("384 MiB at most: heap 128, direct 128, JVM 128; direct: journal 48, bodies 24, reads 16,"
                        + " compression 8, received 16, unsent 8; heap: connections 16, heads 8, streams 72,"
                        + " of which JSON 32");
    }
}
