package io.streamkeeper.server.http.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Requests that Netty's decoder takes and this server refuses: a reason of the decision for a decoder of our own
 * ({@code docs/decisions/0002-http-parser.md}). If one fails because the general decoder has become stricter, the
 * decision is to be read again.
 */
class GeneralDecoderTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /a HTTP/1.1\r\nHost: x\r\nStream-Seq: a\r\n b\r\n\r\n",
                "PUT /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
                "PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 00000000000000000000001\r\n\r\na",
                "GET /a HTTP/1.1\r\n\r\n",
                "GET /a HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
                "GET /a HTTP/1.1\r\nHost: a b\r\n\r\n",
                "GET /a HTTP/1.1\r\nHost: u@x\r\n\r\n",
                "GET  /a HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET\t/a HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /a http/1.1\r\nHost: x\r\n\r\n",
                "GET /a HTTP/2.0\r\nHost: x\r\n\r\n",
                "GET a HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /a#b HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /a\u0000 HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /\u00e4 HTTP/1.1\r\nHost: x\r\n\r\n",
                "\r\n\r\n\r\nGET /a HTTP/1.1\r\nHost: x\r\n\r\n"
            })
    void theServerRefusesWhatTheGeneralDecoderTakes(String request) {
        assertThat(DecodingConnection.decoded(request))
                .singleElement()
                .asString()
                .matches("(400|501|505) .*");
        assertThat(isTaken(request)).isTrue();
    }

    private static boolean isTaken(String request) {
        EmbeddedChannel channel = new EmbeddedChannel(new HttpRequestDecoder());
        channel.writeInbound(Unpooled.copiedBuffer(request, StandardCharsets.ISO_8859_1));
        boolean taken = true;
        for (Object message = channel.readInbound(); message != null; message = channel.readInbound()) {
            taken &= ((HttpObject) message).decoderResult().isSuccess();
            ReferenceCountUtil.release(message);
        }
        channel.finishAndReleaseAll();
        return taken;
    }
}
