package io.streamkeeper.server.mount;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import org.junit.jupiter.api.Test;

class RequestEncoderTest {
    private final StringBuilder bytes = new StringBuilder();
    private final RequestEncoder encoder = new RequestEncoder(UnpooledByteBufAllocator.DEFAULT, this::take);

    private void take(ByteBuf part) {
        bytes.append(part.toString(ISO_8859_1));
        part.release();
    }

    private static HttpRequest head(String... fields) {
        HttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/a?b");
        addFields(request, fields);
        return request;
    }

    private static void addFields(HttpRequest request, String... fields) {
        for (String field : fields) {
            String[] nameAndValue = field.split(": ", 2);
            request.headers().add(nameAndValue[0], nameAndValue[1]);
        }
    }

    private static DefaultFullHttpRequest whole(String body, String... fields) {
        DefaultFullHttpRequest request =
                new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.PUT, "/a", buffer(body));
        addFields(request, fields);
        return request;
    }

    private static ByteBuf buffer(String text) {
        return Unpooled.copiedBuffer(text, ISO_8859_1);
    }

    private void encode(String content) {
        HttpContent part = new DefaultHttpContent(buffer(content));
        encoder.encode(part);
        assertThat(part.refCnt()).isEqualTo(1);
        part.release();
    }

    @Test
    void aHeadIsWrittenAsItCame() {
        HttpRequest request = head("Host: test", "X: a", "x: \u00e4", "Empty: ");
        request.setProtocolVersion(HttpVersion.HTTP_1_0).setMethod(HttpMethod.valueOf("ODD"));
        encoder.encode(request);
        encoder.encode(LastHttpContent.EMPTY_LAST_CONTENT);
        assertThat(bytes).hasToString("ODD /a?b HTTP/1.0\r\nHost: test\r\nX: a\r\nx: \u00e4\r\nEmpty: \r\n\r\n");
    }

    @Test
    void aBodyWithALengthFollowsInItsPieces() {
        encoder.encode(head("Content-Length: 6"));
        encode("abc");
        encode("");
        encoder.encode(new DefaultLastHttpContent(buffer("def")));
        assertThat(bytes).hasToString("POST /a?b HTTP/1.1\r\nContent-Length: 6\r\n\r\nabcdef");
    }

    @Test
    void aBodyInChunksFollowsInChunks() {
        encoder.encode(head("Transfer-Encoding: chunked"));
        bytes.setLength(0);
        encode("abc");
        encode("");
        DefaultLastHttpContent last = new DefaultLastHttpContent(buffer("0123456789abcdef"));
        last.trailingHeaders().add("X", "y");
        encoder.encode(last);
        assertThat(bytes).hasToString("3\r\nabc\r\n10\r\n0123456789abcdef\r\n0\r\n\r\n");
    }

    @Test
    void aWholeRequestSaysTheLengthThatItHas() {
        encoder.encode(whole("abc", "content-length: 7", "Transfer-Encoding: Chunked", "Expect: 100-continue", "X: y"));
        encoder.encode(whole("", "Content-Length: 7"));
        assertThat(bytes)
                .hasToString("PUT /a HTTP/1.1\r\nX: y\r\ncontent-length: 3\r\n\r\nabc" + "PUT /a HTTP/1.1\r\n\r\n");
    }

    @Test
    void aWholeRequestKeepsWhatIsToBeRefused() {
        encoder.encode(whole("abc", "Transfer-Encoding: gzip, chunked", "Expect: more"));
        assertThat(bytes)
                .hasToString("PUT /a HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\nExpect: more\r\n"
                        + "content-length: 3\r\n\r\nabc");
    }

    @Test
    void aBodyLongerThanItsLengthIsNotReadAsTheNextRequest() {
        encoder.encode(head("Content-Length: 3"));
        encode("ab");
        assertThatThrownBy(() -> encoder.encode(new DefaultHttpContent(buffer("cd"))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the body of a request is 1 bytes longer than its Content-Length says");
        assertThat(bytes.toString()).endsWith("\r\n\r\nab");
    }

    @Test
    void aBodyWithoutALengthIsNotReadAsTheNextRequest() {
        encoder.encode(head());
        assertThatThrownBy(() -> encoder.encode(new DefaultHttpContent(buffer("GET / HTTP/1.1\r\n\r\n"))))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void theNextRequestIsNotReadAsTheEndOfABody() {
        encoder.encode(head("Content-Length: 3"));
        encode("ab");
        assertThatThrownBy(() -> encoder.encode(LastHttpContent.EMPTY_LAST_CONTENT))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the body of a request is 1 bytes shorter than its Content-Length says");
    }

    @Test
    void aChunkThatCouldNotBeReadBreaksTheBody() {
        encoder.encode(head("Transfer-Encoding: chunked"));
        LastHttpContent broken = new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER);
        broken.setDecoderResult(DecoderResult.failure(new NumberFormatException("as if")));
        encoder.encode(broken);
        assertThat(bytes.toString()).endsWith("\r\n\r\ninvalid\r\n");
    }
}
