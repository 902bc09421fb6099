package io.streamkeeper.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

class EntityTagTest {
    private static final String TAG =
            "\"0000000000000abc:0000000000000abc_0000000000000001:0000000000000abc_0000000000000009\"";

    @Test
    void tagIsIncarnationRangeAndClosure() {
        assertThat(EntityTag.of(chunk(0xabc, 1, 9, false))).isEqualTo(TAG);
        assertThat(EntityTag.of(chunk(0xabc, 1, 9, true))).isEqualTo(TAG.substring(0, TAG.length() - 1) + ":c\"");
    }

    @Test
    void everyPartMakesAnotherTag() {
        assertThat(new String[] {
                    EntityTag.of(chunk(0xabc, 1, 9, false)),
                    EntityTag.of(chunk(0xabd, 1, 9, false)),
                    EntityTag.of(chunk(0xabc, 2, 9, false)),
                    EntityTag.of(chunk(0xabc, 1, 8, false)),
                    EntityTag.of(chunk(0xabc, 1, 9, true)),
                })
                .doesNotHaveDuplicates();
    }

    @Test
    void theTagOfAStreamIsThatOfAllItHolds() {
        StreamInfo stream = new StreamInfo(
                0xabc,
                ContentType.OCTET_STREAM,
                new Offset(0xabc, 9),
                false,
                Expiry.never(),
                Retention.none(),
                new Offset(0xabc, 1));

        assertThat(EntityTag.of(stream)).isEqualTo(TAG);
    }

    private static Outcome.Chunk chunk(long incarnation, long start, long next, boolean closed) {
        return new Outcome.Chunk(
                ContentType.OCTET_STREAM,
                Expiry.never(),
                incarnation,
                new Offset(0xabc, start),
                new Offset(0xabc, next),
                true,
                closed,
                Unpooled.EMPTY_BUFFER);
    }
}
