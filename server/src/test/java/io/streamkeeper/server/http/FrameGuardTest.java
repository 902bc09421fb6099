package io.streamkeeper.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.util.ReferenceCountUtil;
import io.streamkeeper.server.config.AddressRanges;
import io.streamkeeper.server.config.HttpLimits;
import io.streamkeeper.storage.memory.MemoryLedger;
import io.streamkeeper.storage.memory.MemoryPlan;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the guard counts and reserves, without the codec, and with a clock that the test drives. */
class FrameGuardTest {
    private static final HttpLimits LIMITS = HttpLimits.defaults();
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int PING = 6;
    private static final int CONTINUATION = 9;
    private static final int END_HEADERS = 4;
    private static final int END_STREAM = 1;

    private final MemoryLedger ledger = new MemoryLedger(MemoryPlan.ofFiles(16 << 20, 256 << 20, 1 << 20));
    private final Http2Memory memory = new Http2Memory(ledger, Http2Memory.shares(ledger, AddressRanges.NONE), null);
    private final FrameGuard guard = new FrameGuard(0, memory);
    private final EmbeddedChannel channel = new EmbeddedChannel();

    @BeforeEach
    void begin() {
        assertThat(memory.open()).isTrue();
        channel.freezeTime();
        channel.pipeline().addLast(guard);
    }

    @AfterEach
    void end() {
        memory.close();
        assertThat(ledger.received().usedBytes()).isZero();
        assertThat(ledger.unsent().usedBytes()).isZero();
        assertThat(ledger.heads().usedBytes()).isZero();
        channel.finishAndReleaseAll();
    }

    private static ByteBuf frame(int type, int flags, int length) {
        return Unpooled.buffer(9 + length)
                .writeMedium(length)
                .writeByte(type)
                .writeByte(flags)
                .writeInt(0)
                .writeZero(length);
    }

    /** Receives bytes; whether the guard has passed them on. */
    private boolean receives(ByteBuf bytes) {
        channel.writeInbound(bytes);
        ByteBuf passed = channel.readInbound();
        ReferenceCountUtil.release(passed);
        return passed != null;
    }

    private boolean receivesPings(int count) {
        boolean passed = true;
        for (int i = 0; i < count; i++) {
            passed = receives(frame(PING, 0, 8));
        }
        return passed;
    }

    private boolean isEndedAfter(long millis) {
        channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
        guard.endIfStalled(LIMITS);
        return channel.<Object>readOutbound() instanceof Http2GoAwayFrame;
    }

    @Test
    void aFrameIsCompleteInTime() {
        long time = LIMITS.headerTimeoutMillis();
        receives(frame(PING, 0, 8).writerIndex(5));
        assertThat(isEndedAfter(time)).isFalse();
        receives(frame(PING, 0, 8).readerIndex(5));
        assertThat(isEndedAfter(10 * time)).isFalse();

        receives(frame(PING, 0, 8).writerIndex(5));
        channel.advanceTimeBy(time, TimeUnit.MILLISECONDS);
        receives(frame(PING, 0, 8).readerIndex(5).writerIndex(6));
        assertThat(isEndedAfter(1)).isTrue();
    }

    @Test
    void aBlockOfFieldsIsCompleteInTimeHoweverManyFramesItHas() {
        receives(frame(HEADERS, 0, 100));
        channel.advanceTimeBy(LIMITS.headerTimeoutMillis(), TimeUnit.MILLISECONDS);
        receives(frame(CONTINUATION, 0, 100));
        assertThat(isEndedAfter(1)).isTrue();
    }

    @Test
    void theContentOfDataMayTakeItsTimeButNotPause() {
        ByteBuf data = frame(DATA, 0, 100);
        receives(data.copy(0, 20));
        for (int at = 20; at < 90; at += 10) {
            assertThat(isEndedAfter(LIMITS.bodyStallTimeoutMillis())).isFalse();
            receives(data.copy(at, 10));
        }
        data.release();
        assertThat(isEndedAfter(LIMITS.bodyStallTimeoutMillis() + 1)).isTrue();
    }

    @Test
    void theFramesOfOnePeriodAreBoundedAndTheNextPeriodBeginsAgain() {
        assertThat(receivesPings(FrameGuard.FRAMES_MAX)).isTrue();
        channel.advanceTimeBy(FrameGuard.PERIOD_NANOS, TimeUnit.NANOSECONDS);
        assertThat(receivesPings(FrameGuard.FRAMES_MAX)).isTrue();
        assertThat(receivesPings(1)).isFalse();

        assertThat(channel.<Object>readOutbound()).isInstanceOf(Http2GoAwayFrame.class);
        assertThat(channel.isActive()).isFalse();
    }

    @Test
    void bodiesAndPartsOfResponsesPayForFrames() {
        assertThat(receivesPings(FrameGuard.FRAMES_MAX)).isTrue();
        receives(frame(DATA, 0, 10 * FrameGuard.BYTES_PER_FRAME));
        assertThat(receivesPings(10)).isTrue();
        guard.partSent(3 * FrameGuard.BYTES_PER_FRAME);
        assertThat(receivesPings(3 + FrameGuard.FRAMES_PER_PART)).isTrue();
        assertThat(receivesPings(1)).isFalse();
    }

    @Test
    void headsOfRequestsAreNotCountedHoweverTheyAreDivided() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 3 * FrameGuard.FRAMES_MAX; i++) {
            ByteBuf head = frame(HEADERS, END_HEADERS, random.nextInt(40));
            while (head.isReadable()) {
                ByteBuf part = head.readRetainedSlice(1 + random.nextInt(head.readableBytes()));
                assertThat(receives(part)).as("seed " + seed).isTrue();
            }
            head.release();
        }
        assertThat(ledger.received().usedBytes()).isZero();
    }

    @Test
    void anEmptyFrameIsNotCountedWhereItEndsABody() {
        for (int i = 0; i < 3 * FrameGuard.FRAMES_MAX; i++) {
            assertThat(receives(frame(HEADERS, END_HEADERS, 20))).isTrue();
            assertThat(receives(frame(DATA, 0, 1))).isTrue();
            assertThat(receives(frame(DATA, END_STREAM, 0))).isTrue();
        }
        for (int i = 0; i < FrameGuard.FRAMES_MAX; i++) {
            receives(frame(DATA, END_STREAM, 0));
        }
        receives(frame(HEADERS, END_HEADERS | END_STREAM, 20));
        for (int i = 0; i < 3 * FrameGuard.FRAMES_MAX / FrameGuard.BYTES_PER_FRAME; i++) {
            receives(frame(DATA, END_STREAM, 0));
        }
        assertThat(receives(frame(DATA, END_STREAM, 0))).isFalse();
    }

    @Test
    void anIncompleteFrameIsReservedUntilItIsComplete() {
        ByteBuf whole = frame(DATA, 0, 10_000);
        receives(whole.readRetainedSlice(5_000));
        assertThat(ledger.received().usedBytes()).isGreaterThanOrEqualTo(5_000);
        receives(whole.readRetainedSlice(4_000));
        assertThat(ledger.received().usedBytes()).isGreaterThanOrEqualTo(9_000);
        receives(whole);
        assertThat(ledger.received().usedBytes()).isZero();
    }

    @Test
    void aBlockOfFieldsIsReservedUntilItsLastFrame() {
        receives(frame(HEADERS, 0, 10_000));
        receives(frame(CONTINUATION, 0, 10_000));
        assertThat(ledger.received().usedBytes()).isEqualTo(20_000);
        receives(frame(CONTINUATION, END_HEADERS, 10));
        assertThat(ledger.received().usedBytes()).isZero();
    }

    @Test
    void aConnectionWhoseIncompleteFramesFindNoMemoryEnds() {
        assertThat(ledger.received().tryReserve(ledger.received().leftBytes() - 10_000))
                .isTrue();
        assertThat(receives(frame(HEADERS, 0, 9_000))).isTrue();
        assertThat(receives(frame(CONTINUATION, 0, 9_000))).isFalse();
        assertThat(channel.isActive()).isFalse();
        memory.close();
        ledger.received().release(ledger.received().usedBytes());
    }
}
