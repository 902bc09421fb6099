package io.streamkeeper.server.http.respond;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.streamkeeper.protocol.ErrorCode;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class StatusLineTest {
    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void everyRefusalHasAStatusLine(ErrorCode code) {
        ByteBuf head = new ResponseHead(Unpooled.buffer(), code.status()).finish();

        assertThat(head.toString(StandardCharsets.US_ASCII))
                .matches("HTTP/1\\.1 " + code.status() + " [A-Z].*\r\n\r\n");
        head.release();
    }

    @ParameterizedTest
    @CsvSource({"202, Accepted", "299, ''"})
    void aStatusOfAnyAnswerHasAStatusLine(int status, String reason) {
        ByteBuf head = new ResponseHead(Unpooled.buffer(), status).finish();

        assertThat(head.toString(StandardCharsets.US_ASCII))
                .isEqualTo("HTTP/1.1 " + status + " " + reason + "\r\n\r\n");
        head.release();
    }
}
