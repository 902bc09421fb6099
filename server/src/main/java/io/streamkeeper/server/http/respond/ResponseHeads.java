package io.streamkeeper.server.http.respond;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.server.metrics.LoopCounters;
import io.streamkeeper.storage.disk.Clock;
import org.jspecify.annotations.Nullable;

/**
 * Begins and finishes responses: adds the fields that every response has, and places the body. Owned by one event loop.
 *
 * <p>Responses to reads always have the cross-origin fields, because a cached answer may be used for another origin;
 * other responses have them if the request names an origin.
 */
final class ResponseHeads {
    /** A body up to this size is copied after the head, which is cheaper than writing another buffer. */
    private static final int BODY_IN_HEAD_BYTES_MAX = 4 << 10;

    private static final int HEAD_BYTES = 768;

    private static final ByteBuf CLOSING_BRACKET =
            Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer(new byte[] {']'}));

    private final ByteBufAllocator allocator;
    private final LoopCounters counters;
    private final Clock clock;
    private final CrossOriginRule origins;
    private final HttpDate date = new HttpDate();

    ResponseHeads(ByteBufAllocator allocator, LoopCounters counters, Clock clock, CrossOriginRule origins) {
        this.allocator = allocator;
        this.counters = counters;
        this.clock = clock;
        this.origins = origins;
    }

    /** Which other origins' scripts may use the server. */
    CrossOriginRule origins() {
        return origins;
    }

    ByteBufAllocator allocator() {
        return allocator;
    }

    /** The head of an interim response, without the fields that every other response has. */
    ResponseHead interim(int status) {
        return new ResponseHead(allocator.buffer(HEAD_BYTES), status);
    }

    /** Begins the response of a request that is not refused, and counts it. */
    ResponseHead begin(ResponseContext context, int status) {
        return begin(context, status, null);
    }

    /** Begins the response of a refusal, and counts it. */
    ResponseHead begin(ResponseContext context, ErrorCode code) {
        return begin(context, code.status(), code);
    }

    /**
     * Begins a response that another server has made, and counts it: with the fields that belong to the connection, and
     * no others.
     */
    ResponseHead beginPassed(ResponseContext context, int status) {
        ResponseHead head = counted(context, status, null);
        addConnection(context, head);
        return head;
    }

    private ResponseHead counted(ResponseContext context, int status, @Nullable ErrorCode code) {
        long nanos = context.elapsedNanos();
        counters.answered(context.operation(), status, code, nanos);
        context.answered(status, code, nanos);
        return interim(status);
    }

    private ResponseHead begin(ResponseContext context, int status, @Nullable ErrorCode code) {
        ResponseHead head = counted(context, status, code);
        head.fields(date.field(clock.nowMillis())).fields(ResponseFields.SAFETY);
        String id = context.requestId();
        if (id != null) {
            head.field(ResponseField.X_REQUEST_ID, id);
        }
        if (context.isCrossOrigin()) {
            head.fields(origins.fields(context.origin()));
            if (origins.isList()) {
                head.varies(Vary.ORIGIN);
            }
        }
        addConnection(context, head);
        return head;
    }

    private static void addConnection(ResponseContext context, ResponseHead head) {
        if (context.closes()) {
            head.fields(ResponseFields.CLOSE);
        } else if (context.isHttp10()) {
            head.fields(ResponseFields.KEEP_ALIVE);
        }
    }

    static Response finish(ResponseContext context, ResponseHead head) {
        return Response.of(head.finish(), context.closes());
    }

    static Response finish(ResponseContext context, ResponseHead head, WireBody body) {
        head.field(ResponseField.CONTENT_LENGTH, body.length());
        ByteBuf out = head.finish();
        ByteBuf stored = body.stored();
        if (context.isBodyless()) {
            stored.release();
            return Response.of(out, context.closes());
        }
        if (body.isArray()) {
            out.writeByte('[');
        }
        if (stored.readableBytes() > BODY_IN_HEAD_BYTES_MAX) {
            ByteBuf tail = body.isArray() ? CLOSING_BRACKET.duplicate() : Unpooled.EMPTY_BUFFER;
            return new Response(out, stored, tail, context.closes());
        }
        out.writeBytes(stored);
        stored.release();
        if (body.isArray()) {
            out.writeByte(']');
        }
        return Response.of(out, context.closes());
    }
}
