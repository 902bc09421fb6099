package io.streamkeeper.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class NumberedRequestTest {
    private final ByteBuf out = Unpooled.buffer();

    @Test
    void createHasNoBody() {
        NumberedRequest.create("c/", 0).writeTo(out, 12);
        String head = "PUT /v1/stream/c/0000012 HTTP/1.1|Host: localhost|Content-Type: application/octet-stream|";
        assertThat(text().replace("\r\n", "|")).isEqualTo(head + "Content-Length: 0||");
    }

    @Test
    void appendContainsItsBody() {
        NumberedRequest.append("c/", 100).writeTo(out, 9_999_999);
        assertThat(text()).startsWith("POST /v1/stream/c/9999999 HTTP/1.1\r\n").contains("\r\nContent-Length: 100\r\n");
        assertThat(out.readableBytes() - text().indexOf("\r\n\r\n") - 4).isEqualTo(100);
    }

    @Test
    void digitsOfOneRequestDoNotRemainInTheNext() {
        NumberedRequest read = NumberedRequest.read("c/");
        read.writeTo(out, 9_876_543);
        out.clear();
        read.writeTo(out, 1);
        assertThat(text()).startsWith("GET /v1/stream/c/0000001?offset=-1 HTTP/1.1\r\n");
    }

    @Test
    void requestIsWrittenAfterExistingBytes() {
        out.writeBytes("abc".getBytes(StandardCharsets.US_ASCII));
        NumberedRequest.delete("d/").writeTo(out, 42);
        assertThat(text()).isEqualTo("abcDELETE /v1/stream/d/0000042 HTTP/1.1\r\nHost: localhost\r\n\r\n");
    }

    @Test
    void createOfAnExpiringStreamHasItsTtl() {
        NumberedRequest.createWithTtl("d/", 2).writeTo(out, 1);
        assertThat(text()).contains("\r\nStream-TTL: 2\r\n");
    }

    @Test
    void groupedNumberHasASlashBeforeItsLastFourDigits() {
        NumberedRequest read =
                new NumberedRequest("GET", "/r/", NumberedRequest.GROUPED_NUMBER, "", "", NumberedRequest.body(0));
        read.writeTo(out, 1_234_567);
        assertThat(text()).startsWith("GET /r/123/4567 HTTP/1.1\r\n");
    }

    @Test
    void numberWithTooManyDigitsIsRefused() {
        assertThatThrownBy(() -> NumberedRequest.read("c/").writeTo(out, 10_000_000))
                .hasMessageContaining("10000000");
    }

    @Test
    void rangeSendsOneRequestForEachStream() {
        NumberedRange range = new NumberedRange(NumberedRequest.read("c/"), 5, 7);
        assertThat(range.next(0, out)).isTrue();
        assertThat(range.next(1, out)).isTrue();
        assertThat(range.next(0, out)).isFalse();
        assertThat(text()).contains("c/0000005?").contains("c/0000006?").doesNotContain("c/0000007?");
    }

    @Test
    void pickedStreamsAreDistinctAndLimitedToTheTotal() {
        long[] picked = RandomPick.streams(50, 20, 1);
        Arrays.sort(picked);
        assertThat(picked).hasSize(20).doesNotHaveDuplicates().startsWith(0).endsWith(19);
    }

    private String text() {
        return out.toString(StandardCharsets.ISO_8859_1);
    }
}
