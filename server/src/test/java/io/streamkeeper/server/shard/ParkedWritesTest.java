package io.streamkeeper.server.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import io.streamkeeper.protocol.Body;
import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Preconditions;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.server.metrics.LoopCounters;
import io.streamkeeper.storage.shard.Reply;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A writer is slowed down before it is refused. */
class ParkedWritesTest {
    private final MockTicker ticker = Ticker.newMockTicker();
    private final EmbeddedChannel channel =
            EmbeddedChannel.builder().ticker(ticker).build();
    private final List<Command> done = new ArrayList<>();
    private boolean pressed;
    private final ParkedWrites parked = new ParkedWrites(
            channel.eventLoop(),
            bytes -> pressed,
            (command, reply) -> done.add(command),
            new LoopCounters(channel.eventLoop()));

    private static Command.Append append(ByteBuf bytes) {
        return Command.Append.of(StreamPath.of("a"), ContentType.OCTET_STREAM, Body.of(bytes));
    }

    private static Command.Append append() {
        return append(Unpooled.wrappedBuffer(new byte[10]));
    }

    private final Reply reply = outcome -> {};

    @Test
    void aWriteWaitsWhileTheBacklogIsLargeAndKeepsItsOrder() {
        assertThat(parked.park(append(), reply)).isFalse();
        pressed = true;
        Command.Append first = append(Unpooled.wrappedBuffer(new byte[] {1}));
        Command.Append second = append(Unpooled.wrappedBuffer(new byte[] {2}));
        Command.Delete third = new Command.Delete(StreamPath.of("a"), Preconditions.NONE);
        assertThat(parked.park(first, reply)).isTrue();
        assertThat(parked.park(second, reply)).isTrue();
        assertThat(parked.park(third, reply)).isTrue();
        assertThat(parked.park(new Command.Describe(StreamPath.of("a")), reply)).isFalse();
        parked.step();
        assertThat(done).isEmpty();
        pressed = false;
        assertThat(parked.park(append(), reply)).isTrue();
        parked.step();
        assertThat(done).hasSize(4);
        assertThat(bytes(done.get(0)).getByte(0)).isEqualTo((byte) 1);
        assertThat(bytes(done.get(1)).getByte(0)).isEqualTo((byte) 2);
        assertThat(done.get(2)).isEqualTo(third);
    }

    private static ByteBuf bytes(Command command) {
        return ((Command.Append) command).body().bytes();
    }

    @Test
    void aSmallBodyThatWaitsKeepsItsOwnBytesAndNotAllThatAReadBrought() {
        pressed = true;
        ByteBuf read = Unpooled.buffer(64 << 10).writeBytes(new byte[] {0, 7, 8, 9});
        assertThat(parked.park(append(read.retainedSlice(1, 2)), reply)).isTrue();
        read.release();
        assertThat(read.refCnt()).isZero();
        pressed = false;
        parked.step();
        assertThat(bytes(done.get(0))).isEqualTo(Unpooled.wrappedBuffer(new byte[] {7, 8}));
    }

    @Test
    void whatSmallBodiesThatWaitTakeIsBounded() {
        pressed = true;
        int fitting = ParkedWrites.COPIES_BYTES_MAX / ParkedWrites.COPIED_BODY_BYTES_MAX;
        for (int i = 0; i < fitting; i++) {
            assertThat(parked.park(large(0), reply)).isTrue();
        }
        assertThat(parked.park(append(), reply)).isFalse();
        assertThat(parked.park(large(1), reply)).isTrue();
        pressed = false;
        parked.step();
        pressed = true;
        assertThat(parked.park(append(), reply)).isTrue();
    }

    private static Command.Append large(int more) {
        return append(Unpooled.wrappedBuffer(new byte[ParkedWrites.COPIED_BODY_BYTES_MAX + more]));
    }

    @Test
    void aWriteThatHasWaitedTooLongGoesOn() {
        pressed = true;
        assertThat(parked.park(append(), reply)).isTrue();
        ticker.advanceMillis(ParkedWrites.WAIT_MILLIS_MAX - 1);
        parked.step();
        assertThat(done).isEmpty();
        ticker.advanceMillis(1);
        parked.step();
        assertThat(done).hasSize(1);
    }

    @Test
    void aWriteWhoseClientHasGoneIsDropped() {
        pressed = true;
        ByteBuf bytes = Unpooled.wrappedBuffer(new byte[10]);
        parked.park(append(bytes), new Reply() {
            @Override
            public void complete(Outcome outcome) {
                throw new AssertionError("nobody waits for " + outcome);
            }

            @Override
            public boolean isAbandoned() {
                return true;
            }
        });
        parked.step();
        assertThat(parked.count()).isZero();
        assertThat(bytes.refCnt()).isZero();
        assertThat(done).isEmpty();
    }

    @Test
    void theNumberOfWritesThatWaitIsBounded() {
        pressed = true;
        for (int i = 0; i < ParkedWrites.COUNT_MAX; i++) {
            assertThat(parked.park(append(), reply)).isTrue();
        }
        assertThat(parked.park(append(), reply)).isFalse();
        List<Outcome> outcomes = new ArrayList<>();
        parked.close();
        assertThat(parked.count()).isZero();
        assertThat(outcomes).isEmpty();
    }
}
