package io.streamkeeper.server.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.output.LogsFaults;
import io.streamkeeper.server.shard.Awaited;
import io.streamkeeper.storage.memory.Budget;
import io.streamkeeper.storage.shard.Reply;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the registry does while it cannot go on. */
@Timeout(30)
class RegistryRetriesTest {
    private final RegistryRetries retries = new RegistryRetries();
    private final AtomicInteger attempts = new AtomicInteger();

    private int refusedAtFirst(ErrorCode code, int refusals) {
        if (attempts.incrementAndGet() <= refusals) {
            throw new RefusedException(code, "not now");
        }
        return attempts.get();
    }

    @Test
    @LogsFaults("the registry")
    void aRefusalThatMayPassIsFollowedByAnotherAttempt() throws Exception {
        assertThat(retries.of(3, () -> refusedAtFirst(ErrorCode.OVERLOADED, 2))).isEqualTo(3);
    }

    @Test
    @LogsFaults("the registry")
    void attemptsAreBounded() {
        assertThatThrownBy(() -> retries.of(2, () -> refusedAtFirst(ErrorCode.STORAGE_FULL, 9)))
                .isInstanceOf(RefusedException.class);
        assertThat(attempts).hasValue(2);
    }

    @Test
    void otherRefusalsAreFinal() {
        assertThatThrownBy(() -> retries.of(9, () -> refusedAtFirst(ErrorCode.OFFSET_GONE, 9)))
                .isInstanceOf(RefusedException.class);
        assertThatThrownBy(() -> retries.of(9, () -> refusedAtFirst(ErrorCode.SHUTTING_DOWN, 9)))
                .isInstanceOf(RefusedException.class);
        assertThat(attempts).hasValue(2);
    }

    @Test
    void nothingIsReportedOrRepeatedWhenTheProcessLeadsNoMore() {
        for (ErrorCode code : List.of(ErrorCode.NO_LEADER, ErrorCode.OUTCOME_UNKNOWN, ErrorCode.SHUTTING_DOWN)) {
            assertThatThrownBy(() -> retries.of(9, () -> refusedAtFirst(code, 9)))
                    .isInstanceOf(RefusedException.class);
            retries.reportMissing(Refusal.of(code, "test"));
        }
    }

    @Test
    void pausesGrowUpToAMost() {
        RegistryRetries.Pauses pauses = new RegistryRetries.Pauses(3_000);
        assertThat(new long[] {pauses.next(), pauses.next(), pauses.next(), pauses.next(), pauses.next()})
                .containsExactly(500, 1_000, 2_000, 3_000, 3_000);
        pauses.reset();
        assertThat(pauses.next()).isEqualTo(500);
        assertThat(Registry.pauseAfterGoneMillis(20)).isEqualTo(1_000);
        assertThat(Registry.pauseAfterGoneMillis(7_000)).isEqualTo(7_000);
    }

    @Test
    void aComparisonLeavesTheHeapThatIsForAppends() throws Exception {
        Budget budget = new Budget("streams", 1 << 20);
        int slots = 1 << 14;
        assertThat(budget.tryReserve((1 << 20) - (1 << 16) - slots)).isTrue();
        assertThatThrownBy(() -> new RegistryFold(budget).close()).isInstanceOf(RegistryFold.NoRoom.class);
        budget.release(slots + 1);
        try (RegistryFold fold = new RegistryFold(budget)) {
            fold.check();
            assertThat(budget.leftBytes()).isGreaterThan(1 << 16);
        }
    }

    @Test
    void whatComesAfterAnInterruptIsReleased() throws Exception {
        AtomicReference<Reply> reply = new AtomicReference<>();
        AtomicBoolean ended = new AtomicBoolean();
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> Awaited.outcome(Outcome.Chunk.class, begun -> {
                    reply.set(begun);
                    return () -> ended.set(true);
                }))
                .isInstanceOf(InterruptedException.class);
        assertThat(ended).isTrue();
        ByteBuf bytes = Unpooled.copiedBuffer(new byte[] {1});
        Offset offset = new Offset(1, 0);
        reply.get()
                .complete(new Outcome.Chunk(
                        ContentType.JSON, Expiry.never(), 1, offset, offset, true, false, true, bytes));
        assertThat(bytes.refCnt()).isZero();
    }
}
