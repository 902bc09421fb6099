package io.streamkeeper.bench.load;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/** One of the concurrent streams of a connection; each request has its own stream. Owned by the run's loop. */
final class Http2Exchange implements Exchange, Response {
    private static final AsciiString NEXT_OFFSET = AsciiString.cached("stream-next-offset");
    private static final AsciiString UP_TO_DATE = AsciiString.cached("stream-up-to-date");

    private final int index;
    private final Http2Connection connection;
    private long dueNanos;
    private int status;
    private long bodyBytes;
    private @Nullable CharSequence nextOffset;
    private boolean upToDate;
    private boolean complete;

    Http2Exchange(int index, Http2Connection connection) {
        this.index = index;
        this.connection = connection;
    }

    @Override
    public int index() {
        return index;
    }

    @Override
    public long dueNanos() {
        return dueNanos;
    }

    @Override
    public boolean send(Workload workload, long due) {
        ByteBuf request = connection.newRequest();
        if (!workload.next(index, request)) {
            request.release();
            return false;
        }
        dueNanos = due;
        status = 0;
        bodyBytes = 0;
        complete = false;
        connection.send(this, request);
        return true;
    }

    /** Receives a head: that of the response, an interim one before it, or its trailers. */
    void received(Http2Headers head, boolean isLast) {
        CharSequence text = head.status();
        if (text != null) {
            status = AsciiString.of(text).parseInt();
            nextOffset = head.get(NEXT_OFFSET);
            upToDate = head.contains(UP_TO_DATE);
        }
        complete = isLast;
    }

    /** Receives bytes of the body. */
    void received(int bytes, boolean isLast) {
        bodyBytes += bytes;
        complete = isLast;
    }

    /** Whether the whole response has arrived. */
    boolean isComplete() {
        return complete;
    }

    @Override
    public int status() {
        return status;
    }

    @Override
    public long bodyBytes() {
        return bodyBytes;
    }

    @Override
    public byte[] nextOffset() {
        return nextOffset == null ? new byte[0] : AsciiString.of(nextOffset).toByteArray();
    }

    @Override
    public boolean isUpToDate() {
        return upToDate;
    }

    @Override
    public void close() {
        connection.close();
    }
}
