package io.streamkeeper.server.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.streamkeeper.protocol.Body;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.JsonMessages;
import io.streamkeeper.protocol.JsonSplitter;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.storage.memory.Budget;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What the splitting of JSON takes is reserved before it is begun (I7). */
class JsonRoomTest {
    private static final int MESSAGES = 200_000;

    private final JsonSplitter splitter = new JsonSplitter();

    /** The body that takes most for each of its bytes. */
    private static ByteBuf ones() {
        String text = "[" + "1,".repeat(MESSAGES - 1) + "1]";
        return Unpooled.directBuffer().writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void whatAnArrayOfShortMessagesTakesIsReservedUntilItIsReleased() {
        Budget splitting = new Budget("splitting", 4L << 20);
        Body body = new JsonRoom(splitting).split(splitter, ones());
        JsonMessages messages = Objects.requireNonNull(body.messages());
        assertThat(messages.count()).isEqualTo(MESSAGES);
        assertThat(messages.storedBytes()).isEqualTo(2 * MESSAGES);
        for (int i = 0; i < MESSAGES; i++) {
            assertThat(messages.start(i)).isEqualTo(1 + 2 * i);
            assertThat(messages.end(i)).isEqualTo(2 + 2 * i);
        }
        assertThat(splitting.usedBytes()).isEqualTo(messages.memoryBytes());
        assertThat(messages.memoryBytes()).isLessThanOrEqualTo(2L * body.bytes().readableBytes());
        body.release();
        assertThat(splitting.usedBytes()).isZero();
    }

    @Test
    void anArrayForWhichThereIsNoRoomIsRefusedBeforeItIsSplit() {
        Budget splitting = new Budget("splitting", 1L << 19);
        Body body = new JsonRoom(splitting).split(splitter, ones());
        assertThat(body.messages()).isNull();
        Refusal problem = Objects.requireNonNull(body.problem());
        assertThat(problem.code()).isEqualTo(ErrorCode.OVERLOADED);
        assertThat(splitting.usedBytes()).isZero();
        body.release();
        assertThat(splitting.usedBytes()).isZero();
    }

    @Test
    void aBodyThatIsNoJsonGivesItsRoomBack() {
        Budget splitting = new Budget("splitting", 4L << 20);
        Body body = new JsonRoom(splitting).split(splitter, ones().writeByte('x'));
        assertThat(Objects.requireNonNull(body.problem()).code()).isEqualTo(ErrorCode.INVALID_JSON);
        assertThat(splitting.usedBytes()).isZero();
        body.release();
    }

    @Test
    void aLongBodyIsSplitInStepsWithinWhatIsReservedForIt() {
        Budget splitting = new Budget("splitting", 4L << 20);
        ByteBuf bytes = ones();
        int steps = (bytes.readableBytes() + BodySplitting.STEP_BYTES - 1) / BodySplitting.STEP_BYTES;
        BodySplitting longBody = new BodySplitting(new JsonRoom(splitting).unsplit(bytes), splitter);
        for (int step = 1; step < steps; step++) {
            assertThat(longBody.step()).isFalse();
        }
        assertThat(longBody.step()).isTrue();
        Body body = longBody.body();
        assertThat(Objects.requireNonNull(body.messages()).count()).isEqualTo(MESSAGES);
        assertThat(splitting.usedBytes()).isGreaterThanOrEqualTo(body.messages().memoryBytes());
        body.release();
        assertThat(splitting.usedBytes()).isZero();
    }

    @Test
    void aBodyThatIsDroppedWhileItIsSplitGivesItsRoomBack() {
        Budget splitting = new Budget("splitting", 4L << 20);
        ByteBuf bytes = ones();
        BodySplitting dropped = new BodySplitting(new JsonRoom(splitting).unsplit(bytes), splitter);
        assertThat(dropped.step()).isFalse();
        dropped.release();
        assertThat(splitting.usedBytes()).isZero();
        assertThat(bytes.refCnt()).isZero();
    }
}
