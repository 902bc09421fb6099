package io.streamkeeper.server.http.decode;

import static io.streamkeeper.server.http.decode.DecodingConnection.decoded;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.streamkeeper.server.config.HttpLimits;
import io.streamkeeper.server.http.request.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RequestDecoderTest {
    private static final HttpLimits SMALL = new HttpLimits(64, 128, 100, 4, 1000, 2000, 3000);
    private static final String GET = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

    /** Whole connections: what is taken, pipelined, and what each kind of refusal ends. */
    private static final List<String> CORPUS = List.of(
            GET,
            "\r\n" + GET,
            GET + "\r\n" + GET + GET,
            "GET /a?b=c&d=%20+e HTTP/1.0\r\n\r\n",
            "OPTIONS * HTTP/1.1\r\nHost:\r\nConnection: foo , close\r\n\r\n",
            "BREW http://x:1?q HTTP/1.1\r\nHost: x:1\r\nUnknown: \t \r\nAccept:  a b\t\r\n\r\n" + GET,
            "PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nCONTENT-TYPE: a/b\r\n\r\nhello" + GET,
            "PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n" + GET,
            "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "5\r\nhello\r\n00a;x=\"y\"\r\n, world...\r\n0\r\nFoo: bar\r\nX-Y: \r\n\r\n" + GET,
            "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked\r\n\r\n0\r\n\r\n" + GET,
            GET + "GET /a HTTP/1.1\nHost: x\r\n\r\n" + GET,
            "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhellooo\r\n0\r\n\r\n" + GET,
            "PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 101\r\n\r\nhello",
            "GET /" + "a".repeat(60) + " HTTP/1.1\r\nHost: x\r\n\r\n" + GET,
            "GET / HTTP/1.1\r\nHost: x\r\nA: " + "a".repeat(120) + "\r\n\r\n" + GET,
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

    @Test
    void anyFragmentSizeDecodesToTheSame() {
        for (String text : CORPUS) {
            List<String> whole = decoded(SMALL, text, Integer.MAX_VALUE);
            for (int size = 1; size <= text.length(); size++) {
                assertThat(decoded(SMALL, text, size))
                        .as("%s in pieces of %d", text, size)
                        .isEqualTo(whole);
            }
        }
    }

    @Test
    void anySplitPointDecodesToTheSame() {
        for (String text : CORPUS) {
            List<String> whole = decoded(SMALL, text, Integer.MAX_VALUE);
            for (int split = 1; split < text.length(); split++) {
                try (DecodingConnection connection = new DecodingConnection(SMALL)) {
                    connection.send(text.substring(0, split));
                    connection.send(text.substring(split));
                    assertThat(connection.events())
                            .as("%s split at %d", text, split)
                            .isEqualTo(whole);
                }
            }
        }
    }

    @Test
    void aRequestCutOffAnywhereIsGivenBackWhenTheConnectionEnds() {
        for (String text : CORPUS) {
            for (int end = 1; end < text.length(); end++) {
                decoded(SMALL, text.substring(0, end), 7);
            }
        }
    }

    @Test
    void aGetHasMethodPathAndNoBody() {
        assertThat(decoded(GET)).containsExactly("GET|GET|/a|null|host=x|keep|");
    }

    @Test
    void aPutHasItsFieldsAndItsBody() {
        assertThat(decoded("PUT /v1/s%20x?a=b?c HTTP/1.1\r\nhOST: x\r\nContent-Type:text/plain\r\nX-Other: y\r\n"
                        + "Content-Length: 5\r\nStream-TTL: \t60 \t\r\n\r\nhello"))
                .containsExactly("PUT|PUT|/v1/s%20x|a=b?c|host=x;content-length=5;content-type=text/plain;stream-ttl=60"
                        + "|keep|hello");
    }

    @Test
    void anUnknownMethodKeepsItsText() {
        assertThat(decoded("PURGE /a HTTP/1.1\r\nHost: x\r\n\r\n")).containsExactly("PURGE|OTHER|/a|null|host=x|keep|");
    }

    @Test
    void aMethodsLetterCaseCounts() {
        assertThat(decoded("get /a HTTP/1.1\r\nHost: x\r\n\r\n")).containsExactly("get|OTHER|/a|null|host=x|keep|");
    }

    @Test
    void anEmptyQueryIsNotNone() {
        assertThat(decoded("GET /a? HTTP/1.1\r\nHost: x\r\n\r\n")).containsExactly("GET|GET|/a||host=x|keep|");
    }

    @Test
    void theBytesAboveAsciiOfAValueAreKeptAsLatin1() {
        assertThat(decoded("GET /a HTTP/1.1\r\nHost: x\r\nProducer-Id: \u00e4\u00ff\r\n\r\n"))
                .containsExactly("GET|GET|/a|null|host=x;producer-id=\u00e4\u00ff|keep|");
    }

    @Test
    void theLinesOfAListAreOneList() {
        String lines =
                "Accept-Encoding: br\r\nIf-Match: \"1\"\r\nAccept-Encoding: gzip\r\nIf-Match:\r\nIf-Match: \"2\"\r\n";

        assertThat(decoded("GET /a HTTP/1.1\r\nHost: x\r\n" + lines + "\r\n"))
                .containsExactly("GET|GET|/a|null|host=x;accept-encoding=br, gzip;if-match=\"1\", , \"2\"|keep|");
    }

    @Test
    void http11StaysOpenUnlessCloseIsAsked() {
        assertThat(keepAlive("HTTP/1.1", "")).isTrue();
        assertThat(keepAlive("HTTP/1.1", "Connection: keep-alive\r\n")).isTrue();
        assertThat(keepAlive("HTTP/1.1", "Connection: Close\r\n")).isFalse();
        assertThat(keepAlive("HTTP/1.1", "Connection: keep-alive,upgrade, close\r\n"))
                .isFalse();
        assertThat(keepAlive("HTTP/1.1", "Connection: upgrade\r\nConnection: close\r\n"))
                .isFalse();
        assertThat(keepAlive("HTTP/1.1", "Connection: closed\r\n")).isTrue();
    }

    @Test
    void http10ClosesUnlessKeepAliveIsAsked() {
        assertThat(keepAlive("HTTP/1.0", "")).isFalse();
        assertThat(keepAlive("HTTP/1.0", "Connection: Keep-Alive\r\n")).isTrue();
        assertThat(keepAlive("HTTP/1.0", "Connection: keep-alive, close\r\n")).isFalse();
    }

    private static boolean keepAlive(String version, String fields) {
        try (DecodingConnection connection = new DecodingConnection()) {
            connection.send("GET /a " + version + "\r\nHost: x\r\n" + fields + "\r\n");
            return connection.request().keepAlive();
        }
    }

    @Test
    void pipelinedRequestsComeInOrder() {
        StringBuilder text = new StringBuilder();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            String body = "b".repeat(i % 7);
            text.append("PUT /")
                    .append(i)
                    .append(" HTTP/1.1\r\nHost: x\r\nContent-Length: ")
                    .append(body.length());
            text.append("\r\n\r\n").append(body);
            expected.add("PUT|PUT|/" + i + "|null|host=x;content-length=" + body.length() + "|keep|" + body);
        }

        assertThat(decoded(text.toString())).isEqualTo(expected);
        assertThat(decoded(DecodingConnection.LIMITS, text.toString(), 1)).isEqualTo(expected);
    }

    @Test
    void aBodyWithinOneReadIsASliceOfIt() {
        try (DecodingConnection connection = new DecodingConnection()) {
            ByteBuf read = connection.allocator().buffer();
            read.writeCharSequence(
                    "PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello", StandardCharsets.US_ASCII);
            connection.channel().writeInbound(read);

            HttpRequest request = connection.request();
            assertThat(request.body().unwrap()).isSameAs(read);
            assertThat(read.refCnt()).isEqualTo(1);
            request.release();
            assertThat(read.refCnt()).isZero();
        }
    }

    @Test
    void aChunkWithinOneReadIsASliceOfIt() {
        try (DecodingConnection connection = new DecodingConnection()) {
            ByteBuf read = connection.allocator().buffer();
            read.writeCharSequence(
                    "PUT /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
                    StandardCharsets.US_ASCII);
            connection.channel().writeInbound(read);

            HttpRequest request = connection.request();
            assertThat(request.body().unwrap()).isSameAs(read);
            request.release();
        }
    }

    @Test
    void memoryForABodyFollowsWhatCameNotWhatWasAnnounced() {
        try (DecodingConnection connection = new DecodingConnection()) {
            connection.send("PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 60000000\r\n\r\n");
            connection.send("x".repeat(100));

            assertThat(connection.allocator().metric().usedHeapMemory()).isLessThanOrEqualTo(16 << 10);
        }
    }

    @Test
    void aLargeBodyIsWholeAndItsMemoryNotMuchLarger() {
        int length = 3_000_000;
        try (DecodingConnection connection = new DecodingConnection()) {
            connection.send("PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: " + length + "\r\n\r\n");
            connection.sendPieces("0123456789".repeat(length / 10), 65_521);

            HttpRequest request = connection.request();
            assertThat(request.body().toString(StandardCharsets.US_ASCII)).isEqualTo("0123456789".repeat(length / 10));
            assertThat(request.body().capacity()).isEqualTo(length);
            request.release();
        }
    }

    @Test
    void continueIsExpectedOnceTheHeadIsAcceptedAndNoBodyHasCome() {
        try (DecodingConnection connection = new DecodingConnection()) {
            connection.send(GET + "PUT /a HTTP/1.1\r\nHost: x\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n");
            assertThat(connection.events()).containsExactly("GET|GET|/a|null|host=x|keep|", "INSTANCE");

            connection.send("hi");
            assertThat(connection.events())
                    .containsExactly("PUT|PUT|/a|null|host=x;content-length=2;expect=100-Continue|keep|hi");
        }
    }

    @Test
    void continueIsExpectedForAChunkedBody() {
        assertThat(decoded("PUT /a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n"))
                .containsExactly("INSTANCE");
    }

    @Test
    void continueIsNotExpectedWhereTheBodyHasCome() {
        assertThat(decoded("PUT /a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nh"))
                .isEmpty();
    }

    @Test
    void continueIsNotExpectedWithoutABody() {
        assertThat(decoded("GET /a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n\r\n"))
                .containsExactly("GET|GET|/a|null|host=x;expect=100-continue|keep|");
    }

    @Test
    void continueIsNotExpectedOfAnHttp10Client() {
        assertThat(decoded("PUT /a HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"))
                .isEmpty();
    }

    @Test
    void aBodyThatIsTooLargeIsRefusedInPlaceOfAContinue() {
        assertThat(decoded("PUT /a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 67108865\r\n\r\n"))
                .containsExactly("413 a body of 67108865 bytes or more is too large; expected at most 67108864");
    }

    @Test
    void nothingIsReadBehindAMalformedRequest() {
        try (DecodingConnection connection = new DecodingConnection()) {
            connection.send("\u0001" + GET);
            connection.send(GET);

            assertThat(connection.events())
                    .containsExactly("400 a request begins with byte 0x1; expected a method of plain HTTP/1.1");
        }
    }

    @Test
    void noRequestIsBegunThatMayNot() {
        try (DecodingConnection connection = new DecodingConnection()) {
            connection.allow(2);
            connection.send(GET.repeat(3));
            connection.send(GET.repeat(2) + "GET /la");
            connection.send("st HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(connection.events()).hasSize(2);

            connection.allow(1);
            connection.decoder().resume();
            assertThat(connection.events()).hasSize(1);

            connection.allow(9);
            connection.decoder().resume();
            assertThat(connection.events()).hasSize(3).last().isEqualTo("GET|GET|/last|null|host=x|keep|");
        }
    }

    @Test
    void aRequestThatHasBegunGoesOnWhereNoOtherMayBegin() {
        try (DecodingConnection connection = new DecodingConnection()) {
            connection.allow(1);
            connection.send("PUT /a HTTP/1.1\r\nHost: x\r\n");
            connection.send("Content-Length: 2\r\n\r\nh");
            connection.send("i" + GET);

            assertThat(connection.events()).containsExactly("PUT|PUT|/a|null|host=x;content-length=2|keep|hi");
        }
    }

    @Test
    void whatMayNotBeginIsGivenBackWhenTheConnectionEnds() {
        try (DecodingConnection connection = new DecodingConnection()) {
            connection.allow(0);
            connection.send(GET);
            connection.send(GET);

            assertThat(connection.events()).isEmpty();
        }
    }

    @Test
    void aResumeFromWithinARequestsHandlingKeepsTheOrder() {
        try (DecodingConnection connection = new DecodingConnection()) {
            List<String> paths = new ArrayList<>();
            connection.channel().pipeline().addLast(new ChannelInboundHandlerAdapter() {
                @Override
                public void channelRead(ChannelHandlerContext ctx, Object message) {
                    paths.add(((HttpRequest) message).path());
                    connection.allow(1);
                    connection.decoder().resume();
                }
            });
            connection.allow(1);
            connection.send(
                    "GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\nGET /3 HTTP/1.1\r\nHost: x\r\n\r\n");

            assertThat(paths).containsExactly("/1", "/2", "/3");
        }
    }

    @Test
    void aCloseFromWithinARequestsHandlingEndsTheDecoding() {
        try (DecodingConnection connection = new DecodingConnection()) {
            List<String> paths = new ArrayList<>();
            connection.channel().pipeline().addLast(new ChannelInboundHandlerAdapter() {
                @Override
                public void channelRead(ChannelHandlerContext ctx, Object message) {
                    paths.add(((HttpRequest) message).path());
                    ctx.close();
                }
            });
            connection.send(GET.repeat(3));

            assertThat(paths).containsExactly("/a");
        }
    }

    @Test
    void aDecoderThatIsRemovedGivesBackAHalfReadBody() {
        try (DecodingConnection connection = new DecodingConnection()) {
            connection.send("PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n");
            connection.send("part");
            connection.channel().pipeline().remove(RequestDecoder.class);

            assertThat(connection.allocator().metric().usedHeapMemory()).isZero();
        }
    }
}
