package io.streamkeeper.bench.load;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.AbstractHttp2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import java.io.IOException;

/**
 * One connection of a run with HTTP/2, with a fixed number of exchanges. Owned by the run's loop.
 *
 * <p>It is open after the server's settings have arrived. An exchange is answered when its stream is closed, so that the
 * next request never exceeds the server's limit of streams. Requests that follow responses of one read are flushed
 * together. A reset, a GOAWAY and the end of the connection fail the run.
 */
final class Http2Connection extends Http2ConnectionHandler {
    private static final int STREAM_WINDOW_BYTES = 4 << 20;
    private static final int CONNECTION_WINDOW_BYTES = 16 << 20;

    private final Channel channel;
    private final LoadRun run;
    private final Http2Heads heads;
    private final Http2Exchange[] exchanges;
    private final IntObjectMap<Http2Exchange> pending = new IntObjectHashMap<>();
    private final ChannelFutureListener written;
    private boolean isOpen;
    private boolean reads;

    /** Builds the connection of one channel. */
    private static final class Builder extends AbstractHttp2ConnectionHandlerBuilder<Http2Connection, Builder> {
        private final int index;
        private final Transport transport;
        private final LoadRun run;
        private final Channel channel;

        Builder(int index, Transport transport, LoadRun run, Channel channel) {
            this.index = index;
            this.transport = transport;
            this.run = run;
            this.channel = channel;
            server(false);
            decoupleCloseAndGoAway(true);
            initialSettings(new Http2Settings().pushEnabled(false).initialWindowSize(STREAM_WINDOW_BYTES));
        }

        Http2Connection create() {
            return build();
        }

        @Override
        protected Http2Connection build(
                Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings) {
            Http2Connection connection = new Http2Connection(this, decoder, encoder, settings);
            decoder.frameListener(connection.new Frames());
            encoder.connection().addListener(connection.new Closes());
            return connection;
        }
    }

    private Http2Connection(
            Builder builder, Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings) {
        super(decoder, encoder, settings, true);
        channel = builder.channel;
        run = builder.run;
        heads = new Http2Heads(builder.transport.isTls());
        exchanges = new Http2Exchange[builder.transport.streams()];
        for (int i = 0; i < exchanges.length; i++) {
            exchanges[i] = new Http2Exchange(builder.index * exchanges.length + i, this);
        }
        written = write -> {
            if (!write.isSuccess()) {
                run.failed(write.cause());
            }
        };
    }

    /** The connection with this number of a run. */
    static Http2Connection of(int index, Transport transport, LoadRun run, Channel channel) {
        return new Builder(index, transport, run, channel).create();
    }

    ByteBuf newRequest() {
        return channel.alloc().directBuffer();
    }

    /** Sends a request, which it releases. */
    void send(Http2Exchange exchange, ByteBuf request) {
        ChannelHandlerContext context = channel.pipeline().context(this);
        if (context == null) {
            request.release();
            run.failed(new IOException("the connection is closed"));
            return;
        }
        int id = connection().local().incrementAndGetNextStreamId();
        pending.put(id, exchange);
        Http2Headers head = heads.read(request);
        boolean hasBody = request.isReadable();
        encoder().writeHeaders(context, id, head, 0, !hasBody, promise());
        if (hasBody) {
            encoder().writeData(context, id, request, 0, true, promise());
        } else {
            request.release();
        }
        if (!reads) {
            flush(context);
        }
    }

    private ChannelPromise promise() {
        return channel.newPromise().addListener(written);
    }

    void close() {
        channel.close();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        reads = true;
        super.channelRead(context, message);
    }

    /** Flushes in the superclass. */
    @Override
    public void channelReadComplete(ChannelHandlerContext context) throws Exception {
        reads = false;
        super.channelReadComplete(context);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
        if (!isOpen || !pending.isEmpty()) {
            run.failed(new IOException("the server closed connection " + exchanges[0].index() / exchanges.length
                    + (isOpen ? " without a response" : " before it sent the settings of HTTP/2")));
        }
        super.channelInactive(context);
    }

    @Override
    protected void onStreamError(
            ChannelHandlerContext context, boolean outbound, Throwable cause, Http2Exception.StreamException error) {
        run.failed(cause);
        super.onStreamError(context, outbound, cause, error);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        run.failed(cause);
        context.close();
    }

    @Override
    protected void onConnectionError(
            ChannelHandlerContext context, boolean outbound, Throwable cause, Http2Exception error) {
        run.failed(cause);
        super.onConnectionError(context, outbound, cause, error);
    }

    private void open(ChannelHandlerContext context, Http2Settings settings) throws Http2Exception {
        Long streamsMax = settings.maxConcurrentStreams();
        if (streamsMax != null && streamsMax < exchanges.length) {
            run.failed(new IOException("the server allows " + streamsMax
                    + " streams on a connection; expected at least " + exchanges.length));
            return;
        }
        isOpen = true;
        decoder()
                .flowController()
                .incrementWindowSize(
                        connection().connectionStream(),
                        CONNECTION_WINDOW_BYTES
                                - decoder()
                                        .flowController()
                                        .windowSize(connection().connectionStream()));
        flush(context);
        for (Http2Exchange exchange : exchanges) {
            run.connected(exchange);
        }
    }

    /** Receives frames. */
    private final class Frames extends Http2FrameAdapter {
        @Override
        public void onSettingsRead(ChannelHandlerContext context, Http2Settings settings) throws Http2Exception {
            if (!isOpen) {
                open(context, settings);
            }
        }

        @Override
        public void onHeadersRead(
                ChannelHandlerContext context, int id, Http2Headers headers, int padding, boolean isLast) {
            Http2Exchange exchange = pending.get(id);
            if (exchange != null) {
                exchange.received(headers, isLast);
            }
        }

        @Override
        public void onHeadersRead(
                ChannelHandlerContext context,
                int id,
                Http2Headers headers,
                int dependency,
                short weight,
                boolean exclusive,
                int padding,
                boolean isLast) {
            onHeadersRead(context, id, headers, padding, isLast);
        }

        @Override
        public int onDataRead(ChannelHandlerContext context, int id, ByteBuf data, int padding, boolean isLast) {
            Http2Exchange exchange = pending.get(id);
            if (exchange != null) {
                exchange.received(data.readableBytes(), isLast);
            }
            return data.readableBytes() + padding;
        }

        @Override
        public void onRstStreamRead(ChannelHandlerContext context, int id, long code) {
            Http2Exchange exchange = pending.get(id);
            if (exchange != null && !exchange.isComplete()) {
                run.failed(new IOException("the server reset a stream with " + Http2Error.valueOf(code)));
            }
        }

        @Override
        public void onGoAwayRead(ChannelHandlerContext context, int lastId, long code, ByteBuf text) {
            run.failed(new IOException("the server ended a connection with GOAWAY " + Http2Error.valueOf(code)));
        }
    }

    /** Answers the exchanges of closed streams. Its caller only logs an exception, so that it reports them itself. */
    private final class Closes extends Http2ConnectionAdapter {
        @Override
        public void onStreamClosed(Http2Stream stream) {
            Http2Exchange exchange = pending.remove(stream.id());
            if (exchange == null || !exchange.isComplete()) {
                return;
            }
            try {
                run.answered(exchange, exchange);
            } catch (RuntimeException e) {
                run.failed(e);
            }
        }
    }
}
