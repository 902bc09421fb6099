package io.streamkeeper.bench.workload;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.streamkeeper.bench.load.Measurement;
import io.streamkeeper.bench.load.ResponseParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongConsumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** Follows a stream, or many, live on its own connection, and records the latency of each message. Owned by its loop. */
final class Follower extends ChannelInboundHandlerAdapter {
    private static final int STATUS_OK = 200;
    private static final String HOST = "Host: localhost\r\n";

    /** How it reads, and how messages are encoded. */
    enum Mode {
        LONG_POLL("long-poll"),
        EVENTS("sse"),
        /** Events of a stream of bytes, whose data is base64. */
        BASE64_EVENTS("sse");

        private final String live;

        Mode(String live) {
            this.live = live;
        }

        private ResponseParser.BodySink stamps(LongConsumer found) {
            Stamp stamp = new Stamp(found);
            return this == BASE64_EVENTS ? new Base64Events(stamp) : stamp;
        }
    }

    private final String followed;
    private final UnaryOperator<String> request;
    private final boolean opensWithHead;
    private final Measurement measurement;
    private final CompletableFuture<Void> failure;
    private final ResponseParser parser;
    private final CompletableFuture<Void> opened = new CompletableFuture<>();
    private boolean following;

    /** A follower that opens when it has reached {@code tails} tails, or has the head of a response if that is 0. */
    private Follower(
            String followed,
            UnaryOperator<String> request,
            int tails,
            Mode mode,
            Measurement measurement,
            CompletableFuture<Void> failure) {
        this.followed = followed;
        this.request = request;
        this.opensWithHead = tails == 0;
        this.measurement = measurement;
        this.failure = failure;
        ResponseParser.BodySink stamps =
                mode.stamps(nanos -> measurement.answered(nanos, System.nanoTime(), STATUS_OK));
        this.parser =
                new ResponseParser(opensWithHead ? stamps : new Tails(tails, () -> opened.complete(null), stamps));
    }

    /**
     * A follower of one stream that begins at the tail.
     *
     * @param failure completes exceptionally if it cannot follow the stream
     */
    static Follower of(String path, Mode mode, Measurement measurement, CompletableFuture<Void> failure) {
        UnaryOperator<String> request =
                offset -> "GET " + path + "?offset=" + offset + "&live=" + mode.live + " HTTP/1.1\r\n" + HOST + "\r\n";
        return new Follower(path, request, 0, mode, measurement, failure);
    }

    /**
     * A follower of many streams that begins at their tails.
     *
     * @param root the path of the root
     * @param streams the streams with their offsets
     * @param failure completes exceptionally if it cannot follow the streams
     */
    static Follower ofMany(
            String root, List<String> streams, Measurement measurement, CompletableFuture<Void> failure) {
        String body = streams.stream().collect(Collectors.joining("\",\"", "[\"", "\"]"));
        String request = "POST " + root + "?live=sse HTTP/1.1\r\n" + HOST + "Content-Type: application/json\r\n"
                + "Content-Length: " + body.length() + "\r\n\r\n" + body;
        return new Follower(root, offset -> request, streams.size(), Mode.EVENTS, measurement, failure);
    }

    /** Completes when it receives what is appended from now on, or has the head of its first response. */
    CompletableFuture<Void> opened() {
        return opened;
    }

    /** Begins at once on a channel that is active already, after the handshake of TLS. */
    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        if (context.channel().isActive()) {
            begin(context.channel());
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        begin(context.channel());
    }

    private void begin(Channel channel) {
        following = true;
        request(channel, "now");
    }

    private void request(Channel channel, String offset) {
        String text = request.apply(offset);
        ByteBuf out = channel.alloc().buffer(text.length());
        out.writeCharSequence(text, StandardCharsets.US_ASCII);
        channel.writeAndFlush(out, channel.voidPromise());
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws IOException {
        ByteBuf in = (ByteBuf) message;
        try {
            measurement.received(in.readableBytes());
            while (in.isReadable()) {
                boolean complete = parser.read(in);
                if (parser.status() / 100 == 2 && opensWithHead) {
                    opened.complete(null);
                }
                if (parser.status() / 100 == 2 && complete) {
                    byte[] next = parser.nextOffset();
                    request(context.channel(), next.length == 0 ? "now" : new String(next, StandardCharsets.US_ASCII));
                } else if (complete) {
                    throw new IOException("a live read failed with status " + parser.status());
                }
            }
        } finally {
            in.release();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (following) {
            failure.completeExceptionally(new IOException("the server closed the connection that follows " + followed));
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        failure.completeExceptionally(cause);
        context.close();
    }

    /** Stops following and closes the connection; called on the loop. */
    void stop(Channel channel) {
        following = false;
        channel.close();
    }
}
