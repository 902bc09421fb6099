package io.streamkeeper.client.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamkeeper.client.api.Batch;
import io.streamkeeper.client.api.StreamException;
import io.streamkeeper.client.http.EventParser.Event;
import io.streamkeeper.protocol.ContentType;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Batches made of the events of our server and of others. */
class BatchAssemblerTest {
    private static Event data(String text) {
        return new Event("data", text.getBytes(UTF_8), null);
    }

    private static Event control(String json) {
        return new Event("control", json.getBytes(UTF_8), null);
    }

    private static BatchAssembler json() {
        return new BatchAssembler(ContentType.JSON, false, 1_000);
    }

    private static BatchAssembler base64() {
        return new BatchAssembler(ContentType.OCTET_STREAM, true, 1_000);
    }

    private static Batch batch(BatchAssembler assembler, String... data) {
        for (String text : data) {
            assertThat(assembler.take(data(text))).isNull();
        }
        return assembler.take(control("{\"streamNextOffset\":\"7\"}"));
    }

    private static String jsonOf(String... data) {
        return batch(json(), data).text();
    }

    @Test
    void dataIsDeliveredWithItsControlEvent() {
        BatchAssembler assembler = json();
        assertThat(assembler.take(data("[1]"))).isNull();
        Batch batch = assembler.take(
                control("{\"streamNextOffset\":\"a\",\"streamCursor\":\"9\",\"upToDate\":true,\"x\":[{}]}"));
        assertThat(batch.text()).isEqualTo("[1]");
        assertThat(batch.nextOffset()).isEqualTo("a");
        assertThat(batch.upToDate()).isTrue();
        assertThat(batch.closed()).isFalse();
        assertThat(assembler.cursor()).isEqualTo("9");
        Batch last = assembler.take(control("{\"streamNextOffset\":\"b\",\"streamClosed\":true}"));
        assertThat(last.isEmpty()).isTrue();
        assertThat(last.text()).isEqualTo("[]");
        assertThat(last.upToDate()).isTrue();
        assertThat(last.closed()).isTrue();
        assertThat(assembler.cursor()).isEqualTo("9");
    }

    @Test
    void otherEventsAreSkipped() {
        BatchAssembler assembler = json();
        assertThat(assembler.take(new Event("message", new byte[] {'?'}, null))).isNull();
        assertThat(batch(assembler, "[1]").messages()).containsExactly("1");
    }

    @Test
    void messagesOfAnyShapeBecomeOneArray() {
        assertThat(jsonOf("[1,{\"a\":[2]}]")).isEqualTo("[1,{\"a\":[2]}]");
        assertThat(jsonOf("[1]", "[]", "[2,3]")).isEqualTo("[1,2,3]");
        assertThat(jsonOf("{\"a\":1}")).isEqualTo("[{\"a\":1}]");
        assertThat(jsonOf("{\"a\":1}", "\"b\"", "[3]")).isEqualTo("[{\"a\":1},\"b\",3]");
        assertThat(jsonOf("[\n{\"k\":\"v\"},\n{\"k\":\"w\"},\n]")).isEqualTo("[{\"k\":\"v\"},\n{\"k\":\"w\"}]");
        assertThat(jsonOf(" [ 1 , 2 ] ", "\n")).isEqualTo("[1 , 2]");
        assertThat(jsonOf("[]")).isEqualTo("[]");
        assertThat(jsonOf("[ ]")).isEqualTo("[]");
        assertThat(jsonOf("")).isEqualTo("[]");
        assertThat(jsonOf()).isEqualTo("[]");
    }

    @Test
    void bytesAreDecodedAndJoined() {
        assertThat(batch(base64(), "AQID\nBAUG", "", "BwgJCg==", "Cw").bytes())
                .isEqualTo(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
        assertThat(batch(base64()).isEmpty()).isTrue();
        BatchAssembler plain = new BatchAssembler(ContentType.parse("application/x-lines"), false, 1_000);
        assertThat(batch(plain, "a\nb", "c").text()).isEqualTo("a\nbc");
    }

    @Test
    void whatIsNotOfTheProtocolIsAnError() {
        assertInvalid("invalid_answer", () -> batch(base64(), "A*"));
        assertInvalid("invalid_answer", () -> json().take(control("{\"upToDate\":true}")));
        assertInvalid("invalid_answer", () -> json().take(control("{\"streamNextOffset\":\"\"}")));
        assertInvalid("invalid_answer", () -> json().take(control("{\"streamNextOffset\":")));
        assertInvalid("invalid_answer", () -> json().take(control("<html>")));
    }

    @Test
    void moreDataThanTheLimitBeforeAControlEventIsAnError() {
        BatchAssembler assembler = json();
        assembler.take(data("\"" + "x".repeat(900) + "\""));
        assertInvalid("answer_too_large", () -> assembler.take(data("\"" + "x".repeat(90) + "\"")));
        BatchAssembler ofNothing = base64();
        assertInvalid("answer_too_large", () -> {
            for (int i = 0; i < 1_000; i++) {
                ofNothing.take(data(""));
            }
        });
    }

    private static void assertInvalid(String code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StreamException.Invalid.class,
                        error -> assertThat(error.code()).isEqualTo(code));
    }
}
