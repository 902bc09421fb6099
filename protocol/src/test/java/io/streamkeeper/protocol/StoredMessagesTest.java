package io.streamkeeper.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where messages end within a run of stored ones, at every index. */
class StoredMessagesTest {
    private final JsonSplitter splitter = new JsonSplitter();

    @Test
    void messagesAreCountedAtTheirEndsAndNowhereElse() {
        Seeds.forEach(300, random -> {
            List<Integer> ends = new ArrayList<>(List.of(0));
            ByteBuf stored = random.nextBoolean() ? Unpooled.buffer() : Unpooled.directBuffer();
            stored.writeZero(random.nextInt(4));
            stored.readerIndex(stored.writerIndex());
            for (String message : JsonText.any(random).messages()) {
                stored.writeBytes(message.getBytes(UTF_8)).writeByte(',');
                ends.add(stored.readableBytes());
            }
            for (int index = 0; index <= stored.readableBytes(); index++) {
                assertThat(splitter.messagesBefore(stored, index))
                        .as("index " + index)
                        .isEqualTo(ends.indexOf(index));
                assertThat(splitter.around(stored, index)).as("index " + index).isEqualTo(around(ends, index));
            }
            for (int count = 0; count < ends.size(); count++) {
                assertThat(splitter.boundaryAfter(stored, count)).isEqualTo(ends.get(count));
            }
            assertThat(splitter.boundaryAfter(stored, ends.size())).isEqualTo(-1);
            stored.release();
        });
    }

    private static JsonSplitter.Around around(List<Integer> ends, int index) {
        int floor = ends.stream().filter(end -> end <= index).reduce(0, Math::max);
        int ceiling = ends.stream().filter(end -> end >= index).reduce(Integer.MAX_VALUE, Math::min);
        return new JsonSplitter.Around(floor, ceiling);
    }

    @Test
    void aMessageAsDeepAsMayBeIsCountedToo() {
        int max = JsonSplitter.NESTING_MAX;
        String deep = "{\"a\":".repeat(max) + "1" + "}".repeat(max) + ",";
        ByteBuf stored = Unpooled.copiedBuffer(deep + "2,", UTF_8);
        assertThat(splitter.messagesBefore(stored, deep.length())).isEqualTo(1);
        assertThat(splitter.messagesBefore(stored, deep.length() - 1)).isEqualTo(-1);
        assertThat(splitter.boundaryAfter(stored, 1)).isEqualTo(deep.length());
    }

    @Test
    void nothingStoredHasABoundaryAtItsBeginningOnly() {
        assertThat(splitter.messagesBefore(Unpooled.EMPTY_BUFFER, 0)).isZero();
        assertThat(splitter.boundaryAfter(Unpooled.EMPTY_BUFFER, 0)).isZero();
        assertThat(splitter.boundaryAfter(Unpooled.EMPTY_BUFFER, 1)).isEqualTo(-1);
    }
}
