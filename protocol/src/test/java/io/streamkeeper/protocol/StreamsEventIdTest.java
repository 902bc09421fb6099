package io.streamkeeper.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamsEventIdTest {
    private static final Offset ONE = new Offset(7, 8);
    private static final Offset TWO = new Offset(9, 16);

    private static String written(String stream, Offset... all) {
        ByteBuf out = Unpooled.buffer();
        StreamsEventId.write(out, stream.getBytes(UTF_8), ONE, all);
        assertThat(out.readableBytes())
                .isLessThanOrEqualTo(stream.getBytes(UTF_8).length + StreamsEventId.offsetsBytes(all.length));
        return out.toString(UTF_8);
    }

    @Test
    void anIdIsTheStreamAndTheOffset() {
        assertThat(written("a/b@c")).isEqualTo("a/b@c@" + ONE);
        assertThat(StreamsEventId.parse("a/b@c@" + ONE)).isEqualTo(new StreamsEventId("a/b@c", ONE, null));
    }

    @Test
    void anIdHasTheOffsetsOfAllStreams() {
        String text = written("a~b,c@d", null, TWO, ONE, null);
        assertThat(text).isEqualTo("a~b,c@d@" + ONE + "~," + TWO + "," + ONE + ",");
        assertThat(StreamsEventId.parse(text))
                .isEqualTo(new StreamsEventId("a~b,c@d", ONE, Arrays.asList(null, TWO, ONE, null)));
        assertThat(StreamsEventId.parse(written("ü", TWO, TWO)).all()).isEqualTo(List.of(TWO, TWO));
    }

    @Test
    void anIdHasTheOffsetsOfAFewStreamsOnly() {
        Offset[] most = new Offset[StreamsEventId.STREAMS_MAX];
        Arrays.fill(most, TWO);
        String text = written("a", most);
        assertThat(StreamsEventId.parse(text).all()).hasSize(StreamsEventId.STREAMS_MAX);
        assertThatThrownBy(() -> StreamsEventId.parse(text + ",")).isInstanceOf(RefusedException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a",
                "@",
                "a@",
                "a@-1",
                "a@0000000000000007_0000000000000008~x",
                "a@~0000000000000007_0000000000000008",
                "a@0000000000000007_0000000000000008,0000000000000007_0000000000000008"
            })
    void textOfAnotherFormIsRefused(String text) {
        assertThatThrownBy(() -> StreamsEventId.parse(text))
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        e -> assertThat(e.refusal().code()).isEqualTo(ErrorCode.INVALID_OFFSET));
    }
}
