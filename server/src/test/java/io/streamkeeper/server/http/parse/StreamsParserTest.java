package io.streamkeeper.server.http.parse;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Refusal;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StreamsParserTest {
    private static final String CHANGE = "POST /v1/stream/?session=x";

    private final ParsingConnection connection = new ParsingConnection();

    @AfterEach
    void nothingIsLeaked() {
        connection.close();
    }

    private ErrorCode refused(String body) {
        Intent intent = connection.intent(CHANGE, "", body);
        assertThat(intent).isInstanceOf(Intent.Refused.class);
        return ((Intent.Refused) intent).refusal().code();
    }

    @Test
    void addedAndRemovedStreamsHaveOneLimit() {
        String removed = "\"a\",".repeat(7) + "\"b\"";
        Intent intent = connection.intent(CHANGE, "", "{\"add\":[\"a@-1\",\"b@now\"],\"remove\":[" + removed + "]}");
        assertThat(((Intent.OnSession) intent).added()).hasSize(2);
        assertThat(((Intent.OnSession) intent).removed()).hasSize(8);
        assertThat(refused("{\"add\":[\"a@-1\",\"b@now\",\"c@now\"],\"remove\":[" + removed + "]}"))
                .isEqualTo(ErrorCode.INVALID_PARAMETER);
        assertThat(refused("{\"remove\":[" + removed + "," + removed + "]}")).isEqualTo(ErrorCode.INVALID_PARAMETER);
    }

    @Test
    void aStreamIsNotNamedTwice() {
        String list = "[\"a@-1\",\"b@now\",\"a@now\"]";
        for (Intent intent : List.of(
                connection.intent("GET /v1/stream/?live=sse&stream=a@-1&stream=b@now&stream=%61@now", "", ""),
                connection.intent("POST /v1/stream/?live=sse", "", list),
                connection.intent(CHANGE, "", "{\"add\":" + list + "}"))) {
            Refusal refusal = ((Intent.Refused) intent).refusal();
            assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_PARAMETER);
            assertThat(refusal.message()).contains("stream \"a\" twice");
        }
        Intent again = connection.intent(CHANGE, "", "{\"add\":[\"a@-1\"],\"remove\":[\"a\",\"a\"]}");
        assertThat(again).isInstanceOf(Intent.OnSession.class);
    }

    @Test
    void nothingAfterTheLimitIsParsed() {
        assertThat(refused("{\"remove\":[" + "\"a\",".repeat(11) + "not JSON")).isEqualTo(ErrorCode.INVALID_PARAMETER);
    }

    @Test
    void aLongTextIsNotKept() {
        assertThat(refused("{\"remove\":[\"" + "a".repeat(10_000) + "\"]}")).isEqualTo(ErrorCode.INVALID_JSON);
    }

    @Test
    void aStepReadsAPartOfTheBody() {
        String streams = "\"a/1@-1\", \"a/2@-1\", \"a/3@-1\", \"a/4@-1\", \"a/5@-1\", \"c@now\"";
        String body = " ".repeat(40_000) + "[" + streams + " ".repeat(9_000) + "]" + " ".repeat(9_000);
        StreamsParser parser = connection.streams("POST /v1/stream/?live=sse", body);
        int steps = 1;
        while (!parser.step()) {
            steps++;
        }
        assertThat(steps).isEqualTo((body.length() + StreamLists.STEP_BYTES - 1) / StreamLists.STEP_BYTES);
        assertThat(((Intent.OnStreams) parser.intent()).reads()).hasSize(6);
    }

    @Test
    void stringsThatAreDividedBetweenStepsAreRead() {
        for (int i = 0; i < 20; i++) {
            String body = "[" + " ".repeat(StreamLists.STEP_BYTES - 12 + i) + "\"\\u00fc/b@-1\"" + ",\"c@now\"]";
            Intent intent = connection.intent("POST /v1/stream/?live=sse", "", body);
            assertThat(((Intent.OnStreams) intent).reads())
                    .extracting(read -> read.path().value())
                    .containsExactly("ü/b", "c");
        }
    }

    @Test
    void aBodyThatEndsTooSoonOrTooLateIsRefused() {
        for (String body : List.of(
                "", "{", "{}x", "{\"add\"", "{\"add\":[}", "{\"add\":[]} t", "{\"other\":[]}", "{\"add\":{}}", "[]")) {
            assertThat(refused(body)).isEqualTo(ErrorCode.INVALID_JSON);
        }
        assertThat(refused("{\"" + "x".repeat(1 << 20) + "\":[]}")).isEqualTo(ErrorCode.BODY_TOO_LARGE);
        assertThat(refused("{\"" + "x".repeat(50_000) + "\":[]}")).isEqualTo(ErrorCode.INVALID_JSON);
    }

    @Test
    void theHeapIsBoundedByTheStreamsAndTheBody() {
        assertThat(StreamsParser.bodyBytesMax(10_000)).isEqualTo(8 << 20);
        assertThat(StreamsParser.bodyBytesMax(1)).isBetween(12 << 10, 13 << 10);
        assertThat(StreamsParser.heapBytesMax(8 << 20, 10_000)).isLessThan(32 << 20);
    }
}
