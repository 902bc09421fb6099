package io.streamkeeper.server.subscription.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerBodyTest {
    private static final int ROUNDS = 2_000;

    private static boolean isDone(byte[] bytes) {
        AnswerBody body = new AnswerBody();
        assertThat(body.add(Unpooled.wrappedBuffer(bytes))).isTrue();
        return body.isDone();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"done\":true}",
                " {\r\n\t\"done\" : true }\n",
                "{\"a\":[{\"done\":false}],\"done\":true,\"b\":{}}",
                "{\"d\\u006fne\":true}"
            })
    void theLiteralTrueIsDone(String text) {
        assertThat(isDone(text.getBytes(StandardCharsets.UTF_8))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{}",
                "true",
                "null",
                "\"done\"",
                "[]",
                "[{\"done\":true}]",
                "{\"done\":false}",
                "{\"done\":\"true\"}",
                "{\"done\":1}",
                "{\"done\":null}",
                "{\"done\":[true]}",
                "{\"done\":{\"done\":true}}",
                "{\"Done\":true}",
                "{\"done \":true}",
                "{\"a\":{\"done\":true}}",
                "{\"done\":True}",
                "{'done':true}",
                "{done:true}",
                "{\"done\":true",
                "{\"done\":true,}",
                "{\"done\":true}}",
                "{\"done\":true}{}",
                "{\"done\":true} x",
                "{\"done\":true,\"done\":false}",
                "{\"done\":false,\"done\":true}",
                "{\"done\":true,\"done\":true}",
                "{\"done\":true}\u0000",
                "\u0000{\"done\":true}",
                "{\"done\":true//\n}",
                "<html>{\"done\":true}</html>",
                "{\"done\":tru",
                "\uFEFF{\"done\":true}"
            })
    void nothingElseIsDone(String text) {
        assertThat(isDone(text.getBytes(StandardCharsets.UTF_8))).isFalse();
    }

    @Test
    void otherCharsetsAreNotRead() {
        assertThat(isDone("{\"done\":true}".getBytes(StandardCharsets.UTF_16))).isFalse();
        assertThat(isDone("{\"done\":true}".getBytes(StandardCharsets.UTF_16LE)))
                .isFalse();
        assertThat(isDone("{\"done\":true,\"a\":\"\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1)))
                .isFalse();
    }

    @Test
    void theDepthIsBounded() {
        String deep = "[".repeat(30) + "]".repeat(30);
        String deeper = "[".repeat(32_000) + "]".repeat(32_000);
        assertThat(isDone(("{\"a\":" + deep + ",\"done\":true}").getBytes(StandardCharsets.UTF_8)))
                .isTrue();
        assertThat(isDone(("{\"a\":" + deeper + ",\"done\":true}").getBytes(StandardCharsets.UTF_8)))
                .isFalse();
    }

    @Test
    void theLengthIsBounded() {
        ByteBuf most = Unpooled.wrappedBuffer(new byte[AnswerBody.BYTES_MAX]);
        AnswerBody body = new AnswerBody();
        assertThat(body.add(most.slice(0, 1))).isTrue();
        assertThat(body.add(most.slice(1, AnswerBody.BYTES_MAX - 1))).isTrue();
        assertThat(body.add(most.slice(0, 1))).isFalse();
        assertThat(new AnswerBody().add(Unpooled.wrappedBuffer(new byte[AnswerBody.BYTES_MAX + 1])))
                .isFalse();
    }

    @Test
    void aBodyMayComeInAnyParts() {
        byte[] text = ("{\"a\":\"" + "x".repeat(3_000) + "\",\"done\":true}").getBytes(StandardCharsets.UTF_8);
        for (int seed = 0; seed < ROUNDS; seed++) {
            Random random = new Random(seed);
            AnswerBody body = new AnswerBody();
            for (int at = 0; at < text.length; ) {
                int count = Math.min(text.length - at, 1 + random.nextInt(random.nextBoolean() ? 3_000 : 20));
                assertThat(body.add(Unpooled.wrappedBuffer(text, at, count))).isTrue();
                at += count;
            }
            assertThat(body.isDone()).as("seed %s", seed).isTrue();
        }
    }
}
