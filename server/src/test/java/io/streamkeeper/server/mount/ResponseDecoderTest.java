package io.streamkeeper.server.mount;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.streamkeeper.protocol.leak.LeakRecorder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ResponseDecoderTest {
    private static final String ALL = "HTTP/1.1 100 Continue\r\n\r\n"
            + "HTTP/1.1 200 OK\r\nX: \u00e4\r\nContent-Length: 3\r\n\r\nabc"
            + "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n"
            + "HTTP/1.1 204 No Content\r\n\r\n"
            + "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"
            + "HTTP/1.1 304 Not Modified\r\n\r\n"
            + "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\na\r\n0123456789\r\n0\r\n\r\n"
            + "HTTP/1.1 200 OK\r\n\r\nuntil the end";

    private static final List<HttpMethod> METHODS = List.of(
            HttpMethod.PUT,
            HttpMethod.HEAD,
            HttpMethod.POST,
            HttpMethod.PUT,
            HttpMethod.GET,
            HttpMethod.GET,
            HttpMethod.GET);

    private static final String DECODED = "[100][200 abc][200 ][204 ][201 ][304 ][200 abc0123456789][200 until the end";

    private final ArrayDeque<HttpMethod> methods = new ArrayDeque<>(METHODS);
    private final StringBuilder decoded = new StringBuilder();
    private final List<Integer> contents = new ArrayList<>();
    private EmbeddedChannel channel;
    private ResponseDecoder decoder;

    @BeforeEach
    void open() {
        channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
        decoder = decoder();
    }

    private ResponseDecoder decoder() {
        ChannelHandlerContext context = channel.pipeline().firstContext();
        return new ResponseDecoder(context, methods::element, this::take);
    }

    @AfterEach
    void close() throws Exception {
        decoder.release();
        channel.finishAndReleaseAll();
        LeakRecorder.assertNothingLeaked();
    }

    private void take(HttpObject object) {
        assertThat(object.decoderResult().isSuccess()).isTrue();
        boolean interim = decoded.toString().endsWith("[100");
        if (object instanceof HttpResponse response) {
            int status = response.status().code();
            decoded.append('[').append(status).append(status < 200 ? "" : " ");
        }
        if (object instanceof HttpContent content) {
            decoded.append(content.content().toString(US_ASCII));
            contents.add(content.content().readableBytes());
        }
        if (object instanceof LastHttpContent) {
            decoded.append(']');
            if (!interim) {
                methods.remove();
            }
        }
        ReferenceCountUtil.release(object);
    }

    private void decode(String text) throws Exception {
        byte[] bytes = text.getBytes(ISO_8859_1);
        ByteBuf buffer = channel.alloc().buffer(bytes.length).writeBytes(bytes);
        decoder.decode(buffer);
        buffer.release();
    }

    @Test
    void responsesOfEveryKindAreToldApart() throws Exception {
        decode(ALL);
        assertThat(decoded).hasToString(DECODED);
    }

    @Test
    void itMakesNoDifferenceWhereBuffersEnd() throws Exception {
        for (int cut = 1; cut < ALL.length(); cut++) {
            decode(ALL.substring(0, cut));
            decode(ALL.substring(cut));
            assertThat(decoded).as("cut at %s", cut).hasToString(DECODED);
            again();
        }
    }

    @Test
    void bytesMayComeOneByOne() throws Exception {
        for (int i = 0; i < ALL.length(); i++) {
            decode(ALL.substring(i, i + 1));
        }
        assertThat(decoded).hasToString(DECODED);
    }

    private void again() throws Exception {
        decoder.release();
        methods.clear();
        methods.addAll(METHODS);
        decoded.setLength(0);
        decoder = decoder();
    }

    @Test
    void aLongBodyIsOnePiece() throws Exception {
        int length = 3 << 20;
        decode("HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n" + "x".repeat(length));
        assertThat(contents).containsExactly(length);
    }

    @Test
    void whatIsLeftIsLetGo() throws Exception {
        decode("HTTP/1.1 200 OK\r\nContent-Le");
        assertThat(decoded).isEmpty();
    }
}
