package io.streamkeeper.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class EntityTagTest {
    private static final String TAG =
            "\"0000000000002748:0000000000002748_0000000000000002:0000000000002748_0000000000000018\"";

    @Test
    void tagIsIncarnationRangeAndClosure() {
        assertThat(EntityTag.of(chunk(2748, 1, 9, false))).hasToString(TAG);
        assertThat(EntityTag.of(chunk(2748, 1, 9, true))).hasToString(TAG.substring(0, TAG.length() - 1) + ":c\"");
    }

    @Test
    void everyPartMakesAnotherTag() {
        assertThat(Stream.of(
                                EntityTag.of(chunk(2748, 1, 9, false)),
                                EntityTag.of(chunk(2749, 1, 9, false)),
                                EntityTag.of(chunk(2748, 2, 9, false)),
                                EntityTag.of(chunk(2748, 1, 8, false)),
                                EntityTag.of(chunk(2748, 1, 9, true)),
                                EntityTag.of(chunk(2748, 1, 9, false, false)),
                                EntityTag.of(chunk(2748, 1, 9, false, false)).ofCompressed(),
                                EntityTag.of(chunk(2748, 1, 9, true)).ofCompressed(),
                                EntityTag.of(chunk(2748, 1, 9, false)).ofCompressed())
                        .map(EntityTag::toString))
                .doesNotHaveDuplicates();
    }

    @Test
    void theTagOfTheCompressedFormSaysSo() {
        assertThat(EntityTag.of(chunk(2748, 1, 9, false)).ofCompressed())
                .hasToString(TAG.substring(0, TAG.length() - 1) + ":gz\"");
        assertThat(EntityTag.of(chunk(2748, 1, 9, true)).ofCompressed())
                .hasToString(TAG.substring(0, TAG.length() - 1) + ":c:gz\"");
    }

    @Test
    void theTagOfAStreamIsThatOfAllItHolds() {
        StreamInfo stream = new StreamInfo(
                2748,
                ContentType.OCTET_STREAM,
                new Offset(2748, 9),
                false,
                Expiry.never(),
                Retention.none(),
                new Offset(2748, 1),
                0);

        assertThat(EntityTag.of(stream)).hasToString(TAG);
    }

    private static Outcome.Chunk chunk(long incarnation, long start, long next, boolean closed) {
        return chunk(incarnation, start, next, true, closed);
    }

    private static Outcome.Chunk chunk(long incarnation, long start, long next, boolean upToDate, boolean closed) {
        return new Outcome.Chunk(
                ContentType.OCTET_STREAM,
                Expiry.never(),
                incarnation,
                new Offset(2748, start),
                new Offset(2748, next),
                upToDate,
                closed,
                false,
                Unpooled.EMPTY_BUFFER);
    }
}
