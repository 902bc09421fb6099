package io.streamkeeper.server.mount;

import static io.netty.handler.codec.http.HttpVersion.HTTP_1_1;
import static io.streamkeeper.server.mount.HandlerResponses.Progress.ANSWERED;
import static io.streamkeeper.server.mount.HandlerResponses.Progress.GOES_ON;
import static io.streamkeeper.server.mount.HandlerResponses.Progress.SWITCHED;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpChunkedInput;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.stream.ChunkedStream;
import java.io.InputStream;
import org.junit.jupiter.api.Test;

class HandlerResponsesTest {
    private final HandlerResponses responses = new HandlerResponses();

    private HandlerResponses.Progress see(Object message) {
        return responses.see(message, HttpMethod.GET);
    }

    private static HttpResponse head(HttpResponseStatus status) {
        return new DefaultHttpResponse(HTTP_1_1, status);
    }

    private static HttpResponse whole(HttpResponseStatus status) {
        return new DefaultFullHttpResponse(HTTP_1_1, status);
    }

    @Test
    void anAnswerEndsWithItsLastPart() {
        assertThat(see(head(HttpResponseStatus.OK))).isEqualTo(GOES_ON);
        assertThat(see(new DefaultHttpContent(Unpooled.EMPTY_BUFFER))).isEqualTo(GOES_ON);
        assertThat(see(Unpooled.EMPTY_BUFFER)).isEqualTo(GOES_ON);
        assertThat(see(LastHttpContent.EMPTY_LAST_CONTENT)).isEqualTo(ANSWERED);
        assertThat(see(whole(HttpResponseStatus.NOT_FOUND))).isEqualTo(ANSWERED);
    }

    @Test
    void contentThatIsReadLaterBringsTheLastPartItself() {
        see(head(HttpResponseStatus.OK));
        HttpChunkedInput content = new HttpChunkedInput(new ChunkedStream(InputStream.nullInputStream()));
        assertThat(see(content)).isEqualTo(ANSWERED);
    }

    @Test
    void interimAnswersAreNone() {
        assertThat(see(whole(HttpResponseStatus.CONTINUE))).isEqualTo(GOES_ON);
        assertThat(see(head(HttpResponseStatus.EARLY_HINTS))).isEqualTo(GOES_ON);
        assertThat(see(LastHttpContent.EMPTY_LAST_CONTENT)).isEqualTo(GOES_ON);
        assertThat(see(whole(HttpResponseStatus.OK))).isEqualTo(ANSWERED);
    }

    @Test
    void anAnswerMayBeTheConnectionsLast() {
        see(whole(HttpResponseStatus.OK));
        assertThat(responses.closes()).isFalse();
        HttpResponse last = head(HttpResponseStatus.OK);
        last.headers().set("connection", "Close");
        see(last);
        assertThat(responses.closes()).isTrue();
    }

    @Test
    void theProtocolMayBeSwitched() {
        assertThat(see(head(HttpResponseStatus.SWITCHING_PROTOCOLS))).isEqualTo(SWITCHED);
        assertThat(responses.see(head(HttpResponseStatus.OK), HttpMethod.CONNECT))
                .isEqualTo(SWITCHED);
        assertThat(responses.see(whole(HttpResponseStatus.FORBIDDEN), HttpMethod.CONNECT))
                .isEqualTo(ANSWERED);
    }
}
