package io.streamkeeper.server.http.parse;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.ErrorCode;
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
    void nothingAfterTheLimitIsParsed() {
        assertThat(refused("{\"remove\":[" + "\"a\",".repeat(11) + "not JSON")).isEqualTo(ErrorCode.INVALID_PARAMETER);
    }

    @Test
    void aLongTextIsNotKept() {
        assertThat(refused("{\"remove\":[\"" + "a".repeat(10_000) + "\"]}")).isEqualTo(ErrorCode.INVALID_JSON);
    }

    @Test
    void theHeapIsBoundedByTheStreamsAndTheBody() {
        assertThat(StreamsParser.bodyBytesMax(10_000)).isEqualTo(8 << 20);
        assertThat(StreamsParser.bodyBytesMax(1)).isBetween(12 << 10, 13 << 10);
        assertThat(StreamsParser.heapBytesMax(8 << 20, 10_000)).isLessThan(32 << 20);
    }
}
