package io.streamkeeper.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OffsetTest {
    @Test
    void textIsGenerationInHexAndPositionInDecimal() {
        assertThat(new Offset(0x0192f3a4b5c60001L, 1234)).hasToString("0192f3a4b5c60001_0000000000001234");
        assertThat(Offset.ZERO).hasToString("0000000000000000_0000000000000000");
        assertThat(new Offset(Long.MAX_VALUE, Offset.POSITION_MAX)).hasToString("7fffffffffffffff_9999999999999999");
    }

    @Test
    void textIsReadBack() {
        Seeds.forEach(2_000, random -> {
            Offset offset = anyOffset(random);
            assertThat(offset.toString()).hasSize(Offset.TEXT_LENGTH);
            assertThat(Offset.parse(offset.toString())).isEqualTo(offset);
        });
    }

    @Test
    void textsSortAsOffsetsDo() {
        Seeds.forEach(200, random -> {
            List<Offset> offsets = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                offsets.add(anyOffset(random));
            }
            List<String> texts =
                    new ArrayList<>(offsets.stream().map(Offset::toString).toList());
            Collections.sort(offsets);
            Collections.sort(texts);
            assertThat(offsets.stream().map(Offset::toString)).isEqualTo(texts);
        });
    }

    @Test
    void textIsWrittenBehindWhatABufferHolds() {
        Offset offset = new Offset(0xabcL, 42);
        for (ByteBuf out : List.of(Unpooled.buffer(1), Unpooled.directBuffer(1))) {
            out.writeByte('<').writeByte('(');
            out.readByte();
            offset.writeTo(out);
            out.writeByte(')');
            assertThat(out.toString(StandardCharsets.US_ASCII)).isEqualTo("(0000000000000abc_0000000000000042)");
            out.release();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0",
                "-1",
                "now",
                "0192f3a4b5c60001_000000000000123",
                "0192f3a4b5c60001_00000000000012345",
                "0192f3a4b5c60001-0000000000001234",
                "0192f3a4b5c600010_000000000001234",
                "0192F3A4B5C60001_0000000000001234",
                "0192f3a4b5c6000g_0000000000001234",
                "0192f3a4b5c60001_000000000000123a",
                "0192f3a4b5c60001_-000000000001234",
                "0192f3a4b5c60001_+000000000001234",
                " 192f3a4b5c60001_0000000000001234",
                "8000000000000000_0000000000000000",
                "ffffffffffffffff_0000000000000001",
                "0192f3a4b5c60001_000000000000123٤",
                "0192f3a4b5c6000１_0000000000001234",
            })
    void textThatNoOffsetHasIsRefused(String text) {
        Refusal refusal = Refusals.of(() -> Offset.parse(text));
        assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_OFFSET);
        assertThat(refusal.message()).contains(Quoted.of(text)).contains("expected -1, now, or 16 hex digits");
    }

    @Test
    void numbersThatTheTextCannotHoldAreNotTaken() {
        assertThatThrownBy(() -> new Offset(-1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Offset(0, -1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Offset(0, Offset.POSITION_MAX + 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("10000000000000000");
    }

    private static Offset anyOffset(Random random) {
        long generation = random.nextLong() >>> (1 + random.nextInt(63));
        long position = (random.nextLong() >>> (1 + random.nextInt(63))) % (Offset.POSITION_MAX + 1);
        return new Offset(generation, position);
    }
}
