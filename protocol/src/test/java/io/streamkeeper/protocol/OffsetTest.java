package io.streamkeeper.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OffsetTest {
    @Test
    void textIsGenerationAndTwiceThePosition() {
        assertThat(new Offset(1_764_099_000_000_001L, 1234)).hasToString("1764099000000001_0000000000002468");
        assertThat(Offset.ZERO).hasToString("0000000000000000_0000000000000000");
        assertThat(new Offset(Offset.GENERATION_MAX, Offset.POSITION_MAX))
                .hasToString("9999999999999999_9999999999999998");
    }

    @Test
    void textIsReadBack() {
        Seeds.forEach(2_000, random -> {
            Offset offset = anyOffset(random);
            assertThat(offset.toString()).matches("\\d{16}_\\d{16}");
            assertThat(Offset.parse(offset.toString())).isEqualTo(offset);
        });
    }

    @Test
    void textPlusOneIsTheSameOffset() {
        Seeds.forEach(2_000, random -> {
            Offset offset = anyOffset(random);
            assertThat(Offset.parse(plusOne(offset.toString()))).isEqualTo(offset);
        });
        assertThat(Offset.parse(plusOne(Offset.ZERO.toString()))).isEqualTo(Offset.ZERO);
        Offset last = new Offset(Offset.GENERATION_MAX, Offset.POSITION_MAX);
        assertThat(Offset.parse(plusOne(last.toString()))).isEqualTo(last);
    }

    /** As official packages do it. */
    private static String plusOne(String text) {
        return text.substring(0, 17) + String.format(Locale.ROOT, "%016d", Long.parseLong(text.substring(17)) + 1);
    }

    @Test
    void textOfFormatVersion1IsReadAndKept() {
        Offset offset = Offset.parse("1a20838b16900001_0000000000001235");
        assertThat(offset).isEqualTo(new Offset(0x1a20838b16900001L, 1235));
        assertThat(offset).hasToString("1a20838b16900001_0000000000001235");
        Seeds.forEach(2_000, random -> {
            // The digit that is a letter makes it one.
            long generation = (random.nextLong() >>> 1) | 0x1a00_0000_0000_0000L;
            Offset former = new Offset(generation, anyOffset(random).position());
            assertThat(Offset.parse(former.toString()).generation() == generation)
                    .isEqualTo(former.toString().substring(0, 16).matches(".*[a-f].*"));
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
    void textIsWrittenAfterWhatABufferHolds() {
        Offset offset = new Offset(2748, 21);
        for (ByteBuf out : List.of(Unpooled.buffer(1), Unpooled.directBuffer(1))) {
            out.writeByte('<').writeByte('(');
            out.readByte();
            offset.writeTo(out);
            out.writeByte(')');
            assertThat(out.toString(StandardCharsets.US_ASCII)).isEqualTo("(0000000000002748_0000000000000042)");
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
                "1764099000000001_000000000000123",
                "1764099000000001_00000000000012345",
                "1764099000000001-0000000000001234",
                "17640990000000010_000000000001234",
                "1764099000000001_000000000000123a",
                "1764099000000001_-000000000001234",
                "1764099000000001_+000000000001234",
                "-764099000000001_0000000000001234",
                " 764099000000001_0000000000001234",
                "1764099000000001_000000000000123٤",
                "176409900000000１_0000000000001234",
                "1A20838B16900001_0000000000001234",
                "1a20838b1690000g_0000000000001234",
                "1a20838b16900001_000000000000123a",
                "1a20838b16900001_5000000000000000",
                "000000000000000a_0000000000001234",
                "002386f26fc0ffff_0000000000001234",
                "8a20838b16900001_0000000000000000",
                "ffffffffffffffff_0000000000000001",
            })
    void textThatNoOffsetHasIsRefused(String text) {
        Refusal refusal = Refusals.of(() -> Offset.parse(text));
        assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_OFFSET);
        assertThat(refusal.message()).contains(Quoted.of(text)).contains("expected -1, now, or 16 digits");
    }

    @Test
    void numbersThatTheTextCannotHoldAreNotTaken() {
        assertThatThrownBy(() -> new Offset(-1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Offset(0, -1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Offset(0, Offset.POSITION_MAX + 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("5000000000000000");
    }

    private static Offset anyOffset(Random random) {
        long generation = (random.nextLong() >>> (1 + random.nextInt(63))) % (Offset.GENERATION_MAX + 1);
        long position = (random.nextLong() >>> (1 + random.nextInt(63))) % (Offset.POSITION_MAX + 1);
        return new Offset(generation, position);
    }
}
