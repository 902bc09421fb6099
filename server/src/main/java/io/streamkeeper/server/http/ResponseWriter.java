package io.streamkeeper.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.streamkeeper.protocol.Cursor;
import io.streamkeeper.protocol.EntityTag;
import io.streamkeeper.protocol.EntityTagList;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.LiveMode;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.ReadStart;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.protocol.StreamInfo;
import io.streamkeeper.server.config.CacheConfig;
import io.streamkeeper.storage.disk.Clock;
import io.streamkeeper.storage.disk.StorageFailedException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Makes the responses: the one place where outcomes become statuses and fields. Owned by one event loop.
 *
 * <p>Reads always carry the cross-origin fields, because a cached answer may be used for another origin; other responses
 * carry them where the request names one.
 */
final class ResponseWriter {
    /** A body up to this size is copied behind the head, which costs less than another buffer to write. */
    private static final int BODY_IN_HEAD_BYTES_MAX = 4 << 10;

    private static final int HEAD_BYTES = 768;

    private static final int RETRY_MILLIS_MIN = 500;
    private static final int RETRY_MILLIS_MAX = 1_500;

    private static final ByteBuf CLOSING_BRACKET =
            Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer(new byte[] {']'}));

    private final ByteBufAllocator allocator;
    private final Clock clock;
    private final RandomGenerator random;
    private final CacheConfig cache;

    /** What caches may do with data of a stream that never expires, and with the answer that there is nothing yet. */
    private final byte[] keptForGood;

    private final byte[] keptUnlessMore;
    private final byte[] crossOrigin;
    private final HttpDate date = new HttpDate();

    ResponseWriter(
            ByteBufAllocator allocator, Clock clock, RandomGenerator random, CacheConfig cache, String corsOrigin) {
        this.allocator = allocator;
        this.clock = clock;
        this.random = random;
        this.cache = cache;
        this.keptForGood = ResponseFields.cacheControl(cache.data(Expiry.never(), clock.nowMillis()));
        this.keptUnlessMore = ResponseFields.cacheControl(cache.nothing());
        this.crossOrigin = ResponseFields.crossOrigin(corsOrigin);
    }

    /** The response of an outcome; takes the outcome's buffer over. */
    Response outcome(Exchange exchange, Outcome outcome) {
        if (outcome instanceof Outcome.Appended appended) {
            return appended(exchange, appended);
        }
        if (outcome instanceof Outcome.Chunk chunk) {
            return chunk(exchange, chunk);
        }
        if (outcome instanceof Outcome.Created created) {
            return created(exchange, created);
        }
        if (outcome instanceof Outcome.Described described) {
            return described(exchange, described.stream());
        }
        if (outcome instanceof Refusal refusal) {
            return refused(exchange, refusal, null);
        }
        if (outcome instanceof Outcome.Deleted) {
            return finish(exchange, begin(exchange, 204));
        }
        throw new IllegalArgumentException("an outcome of the unknown type " + outcome.getClass());
    }

    private Response appended(Exchange exchange, Outcome.Appended appended) {
        boolean tellsNew = appended.wrote() && appended.producer() != null;
        ResponseHead head = begin(exchange, tellsNew ? 200 : 204);
        head.field(ResponseFields.NEXT_OFFSET, appended.nextOffset());
        if (appended.closed()) {
            head.fields(ResponseFields.CLOSED);
        }
        if (appended.producer() != null) {
            head.field(ResponseFields.PRODUCER_EPOCH, appended.producer().epoch());
            head.field(ResponseFields.PRODUCER_SEQ, appended.producer().seq());
        }
        if (tellsNew) {
            head.field(ResponseFields.CONTENT_LENGTH, 0);
        }
        return finish(exchange, head);
    }

    private Response created(Exchange exchange, Outcome.Created created) {
        ResponseHead head = begin(exchange, created.existed() ? 200 : 201);
        if (!created.existed()) {
            head.field(ResponseFields.LOCATION, exchange.url());
        }
        describe(head, created.stream());
        head.field(ResponseFields.CONTENT_LENGTH, 0);
        return finish(exchange, head);
    }

    private Response described(Exchange exchange, StreamInfo stream) {
        EntityTag tag = EntityTag.of(stream);
        Refusal unmet = unmet(exchange, tag);
        if (unmet != null) {
            return refused(exchange, unmet, null);
        }
        ResponseHead head = begin(exchange, isUnchanged(exchange, tag) ? 304 : 200);
        head.field(ResponseFields.ETAG, tag);
        describe(head, stream);
        if (stream.expiry() instanceof Expiry.Ttl ttl) {
            head.field(ResponseFields.TTL, ttl.seconds());
        } else if (stream.expiry() instanceof Expiry.At at) {
            head.field(ResponseFields.EXPIRES_AT, at.text());
        } else if (!(stream.expiry() instanceof Expiry.Never)) {
            throw new IllegalArgumentException(
                    "an expiry of the unknown type " + stream.expiry().getClass());
        }
        head.fields(ResponseFields.NO_STORE);
        return finish(exchange, head);
    }

    private static void describe(ResponseHead head, StreamInfo stream) {
        head.field(ResponseFields.CONTENT_TYPE, stream.contentType().value());
        head.field(ResponseFields.NEXT_OFFSET, stream.tail());
        if (stream.closed()) {
            head.fields(ResponseFields.CLOSED);
        }
        Retention retention = stream.retention();
        describe(head, ResponseFields.RETENTION_MAX_AGE, retention.maxAgeSeconds());
        describe(head, ResponseFields.RETENTION_MAX_BYTES, retention.maxBytes());
        describe(head, ResponseFields.RETENTION_MAX_MESSAGES, retention.maxMessages());
        if (!retention.isNone() || stream.earliest().position() > 0) {
            head.field(ResponseFields.EARLIEST_OFFSET, stream.earliest());
        }
    }

    private static void describe(ResponseHead head, byte[] name, long bound) {
        if (bound != Retention.UNBOUNDED) {
            head.field(name, bound);
        }
    }

    // ---- reads ----

    private Response chunk(Exchange exchange, Outcome.Chunk chunk) {
        boolean polled = exchange.read().live() == LiveMode.LONG_POLL;
        boolean nothingCame = polled && !chunk.bytes().isReadable();
        EntityTag tag = nothingCame || !hasTag(exchange) ? null : EntityTag.of(chunk);
        Refusal unmet = unmet(exchange, tag);
        if (unmet != null) {
            chunk.bytes().release();
            return refused(exchange, unmet, null);
        }
        if (nothingCame) {
            chunk.bytes().release();
            ResponseHead head = begin(exchange, 204);
            tellPlace(exchange, head, chunk);
            head.fields(ResponseFields.NO_STORE);
            return finish(exchange, head);
        }
        return isUnchanged(exchange, tag)
                ? unchanged(exchange, chunk, tag)
                : finish(exchange, beginBody(exchange, chunk, tag), WireBody.of(chunk));
    }

    /**
     * The response to a catch-up read that gets no data, because of its conditions, or null if it gets some. Releases the
     * chunk's bytes where it returns one.
     *
     * @param compressed whether the data would be compressed
     */
    @Nullable
    Response withoutBody(Exchange exchange, Outcome.Chunk chunk, boolean compressed) {
        EntityTag tag = tag(exchange, chunk, compressed);
        Refusal unmet = unmet(exchange, tag);
        if (unmet != null) {
            chunk.bytes().release();
            return refused(exchange, unmet, null);
        }
        return isUnchanged(exchange, tag) ? unchanged(exchange, chunk, tag) : null;
    }

    /** The head of a response that has the chunk's data as it is, and the bracket that begins an array. */
    ByteBuf beginData(Exchange exchange, Outcome.Chunk chunk) {
        boolean isArray = chunk.contentType().isJson();
        ResponseHead head = beginBody(exchange, chunk, tag(exchange, chunk, false));
        head.field(ResponseFields.CONTENT_LENGTH, chunk.length() + (isArray ? 1 : 0));
        ByteBuf out = head.finish();
        return isArray ? out.writeByte('[') : out;
    }

    /** The head of a response that has the chunk's data compressed to {@code length} bytes; in chunks if that is negative. */
    ByteBuf beginCompressed(Exchange exchange, Outcome.Chunk chunk, int length) {
        ResponseHead head = beginBody(exchange, chunk, tag(exchange, chunk, true));
        head.fields(ResponseFields.GZIP);
        if (length < 0) {
            head.fields(ResponseFields.CHUNKED);
        } else {
            head.field(ResponseFields.CONTENT_LENGTH, length);
        }
        return head.finish();
    }

    private static @Nullable EntityTag tag(Exchange exchange, Outcome.Chunk chunk, boolean compressed) {
        if (!hasTag(exchange)) {
            return null;
        }
        EntityTag tag = EntityTag.of(chunk);
        return compressed ? tag.ofCompressed() : tag;
    }

    /** Whether the client has what it would get, which has {@code tag}, or no tag where that is null. */
    private static boolean isUnchanged(Exchange exchange, @Nullable EntityTag tag) {
        EntityTagList known = exchange.conditions().ifNoneMatch();
        return known != null && (tag == null ? known.isAny() : known.hasWeak(tag.toString()));
    }

    /**
     * The refusal of a read whose answer, which has {@code tag}, is not the one that the client insists on; null if it is.
     * What has no tag is accepted where any answer is.
     */
    static @Nullable Refusal unmet(Exchange exchange, @Nullable EntityTag tag) {
        EntityTagList wanted = exchange.conditions().ifMatch();
        if (wanted == null || (tag == null ? wanted.isAny() : wanted.hasStrong(tag.toString()))) {
            return null;
        }
        return Refusal.of(
                ErrorCode.PRECONDITION_FAILED,
                "If-Match is " + Quoted.of(wanted.toString()) + ", but the answer has "
                        + (tag == null ? "no entity tag" : "the entity tag " + tag));
    }

    /** A read at the tail of the moment has none, because the same request reads something else later (section 10.1). */
    private static boolean hasTag(Exchange exchange) {
        return !(exchange.read().start() instanceof ReadStart.Now)
                || exchange.read().live() == LiveMode.LONG_POLL;
    }

    private Response unchanged(Exchange exchange, Outcome.Chunk chunk, @Nullable EntityTag tag) {
        ResponseHead head = begin(exchange, 304);
        tellPlace(exchange, head, chunk);
        tellCaches(head, chunk, tag);
        chunk.bytes().release();
        return finish(exchange, head);
    }

    private ResponseHead beginBody(Exchange exchange, Outcome.Chunk chunk, @Nullable EntityTag tag) {
        ResponseHead head = begin(exchange, 200);
        head.field(ResponseFields.CONTENT_TYPE, chunk.contentType().value());
        tellPlace(exchange, head, chunk);
        if (chunk.contentType().essence().equals("application/octet-stream")) {
            head.fields(ResponseFields.ATTACHMENT);
        }
        if (chunk.contentType().isActive()) {
            head.fields(ResponseFields.SANDBOX);
        }
        tellCaches(head, chunk, tag);
        return head;
    }

    /** What a 304 says takes the place of what its 200 said, so both say the same (RFC 9111 section 4.3.4). */
    private void tellCaches(ResponseHead head, Outcome.Chunk chunk, @Nullable EntityTag tag) {
        if (tag == null) {
            head.fields(ResponseFields.NO_STORE);
            return;
        }
        if (chunk.length() > 0 && !(chunk.expiry() instanceof Expiry.Never)) {
            head.field(ResponseFields.CACHE_CONTROL, cache.data(chunk.expiry(), clock.nowMillis()));
        } else {
            head.fields(chunk.length() > 0 ? keptForGood : keptUnlessMore);
        }
        head.field(ResponseFields.ETAG, tag);
        if (Compression.suits(chunk.contentType())) {
            head.fields(ResponseFields.VARY_ENCODING);
        }
    }

    private void tellPlace(Exchange exchange, ResponseHead head, Outcome.Chunk chunk) {
        head.field(ResponseFields.NEXT_OFFSET, chunk.next());
        if (chunk.upToDate()) {
            head.fields(ResponseFields.UP_TO_DATE);
        }
        if (chunk.closed()) {
            head.fields(ResponseFields.CLOSED);
        } else if (exchange.read().live() == LiveMode.LONG_POLL) {
            head.field(ResponseFields.CURSOR, cursor(exchange));
        }
    }

    /** The cursor for the client that asks now (section 10.1). */
    String cursor(Exchange exchange) {
        return Cursor.next(clock.nowMillis(), exchange.read().cursor(), random);
    }

    /** How long the readers of an event stream wait before they connect again: not all the same. */
    int retryMillis() {
        return random.nextInt(RETRY_MILLIS_MIN, RETRY_MILLIS_MAX);
    }

    /** The head of a response whose body is events of a stream like that of {@code first}. */
    ByteBuf eventStream(Exchange exchange, Outcome.Chunk first) {
        ResponseHead head = begin(exchange, 200).fields(ResponseFields.EVENT_STREAM);
        if (!first.contentType().isText()) {
            head.fields(ResponseFields.BASE64);
        }
        if (exchange.isFramed()) {
            head.fields(ResponseFields.CHUNKED);
        }
        return head.finish();
    }

    // ---- everything else ----

    /** {@code allow} is told with a method that is not allowed. */
    Response refused(Exchange exchange, Refusal refusal, @Nullable String allow) {
        ResponseHead head = begin(exchange, refusal.code().status());
        if (refusal.nextOffset() != null) {
            head.field(ResponseFields.NEXT_OFFSET, refusal.nextOffset());
        }
        if (refusal.closed()) {
            head.fields(ResponseFields.CLOSED);
        }
        if (refusal.earliestOffset() != null) {
            head.field(ResponseFields.EARLIEST_OFFSET, refusal.earliestOffset());
        }
        if (refusal.producer() != null) {
            tellProducer(head, refusal.producer());
        }
        if (refusal.code().status() == 503) {
            head.fields(ResponseFields.RETRY_AFTER);
        }
        if (allow != null) {
            head.field(ResponseFields.ALLOW, allow);
        }
        if (refusal.code() == ErrorCode.UNSUPPORTED_CONTENT_ENCODING) {
            head.fields(ResponseFields.ACCEPT_IDENTITY);
        }
        head.fields(ResponseFields.NO_STORE).fields(ResponseFields.JSON);
        ByteBuf body = ByteBufUtil.writeUtf8(allocator, ErrorBody.of(refusal));
        return finish(exchange, head, WireBody.of(body));
    }

    private static void tellProducer(ResponseHead head, Refusal.ProducerConflict conflict) {
        if (conflict.currentEpoch() >= 0) {
            head.field(ResponseFields.PRODUCER_EPOCH, conflict.currentEpoch());
        }
        if (conflict.expectedSeq() >= 0) {
            head.field(ResponseFields.EXPECTED_SEQ, conflict.expectedSeq());
            head.field(ResponseFields.RECEIVED_SEQ, conflict.receivedSeq());
        }
    }

    Response preflight(Exchange exchange) {
        ResponseHead head = begin(exchange, 204);
        return finish(exchange, crossOrigin.length == 0 ? head : head.fields(ResponseFields.PREFLIGHT));
    }

    /** How the server is: well, stopping, or without a disk to write to. */
    Response health(Exchange exchange, boolean stopping, @Nullable StorageFailedException failure) {
        boolean well = !stopping && failure == null;
        ResponseHead head = begin(exchange, well ? 200 : ErrorCode.SHUTTING_DOWN.status());
        head.fields(ResponseFields.NO_STORE).fields(ResponseFields.JSON);
        String text = well ? "{\"status\":\"ok\"}" : "{\"status\":\"stopping\"}";
        if (failure != null) {
            text = ErrorBody.of(Refusal.of(ErrorCode.STORAGE_FAILED, String.valueOf(failure.getMessage())));
        }
        return finish(exchange, head, WireBody.of(ByteBufUtil.writeUtf8(allocator, text)));
    }

    /** The interim response that asks for a request's body. */
    Response proceed() {
        return Response.of(new ResponseHead(allocator.buffer(HEAD_BYTES), 100).finish(), false);
    }

    private ResponseHead begin(Exchange exchange, int status) {
        ResponseHead head = new ResponseHead(allocator.buffer(HEAD_BYTES), status);
        head.fields(date.field(clock.nowMillis())).fields(ResponseFields.SAFETY);
        if (exchange.isCrossOrigin()) {
            head.fields(crossOrigin);
        }
        if (exchange.closes()) {
            head.fields(ResponseFields.CLOSE);
        } else if (exchange.isHttp10()) {
            head.fields(ResponseFields.KEEP_ALIVE);
        }
        return head;
    }

    private static Response finish(Exchange exchange, ResponseHead head) {
        return Response.of(head.finish(), exchange.closes());
    }

    private static Response finish(Exchange exchange, ResponseHead head, WireBody body) {
        head.field(ResponseFields.CONTENT_LENGTH, body.length());
        ByteBuf out = head.finish();
        ByteBuf stored = body.stored();
        if (exchange.isBodyless()) {
            stored.release();
            return Response.of(out, exchange.closes());
        }
        if (body.isArray()) {
            out.writeByte('[');
        }
        if (stored.readableBytes() > BODY_IN_HEAD_BYTES_MAX) {
            ByteBuf tail = body.isArray() ? CLOSING_BRACKET.duplicate() : Unpooled.EMPTY_BUFFER;
            return new Response(out, stored, tail, exchange.closes());
        }
        out.writeBytes(stored);
        stored.release();
        if (body.isArray()) {
            out.writeByte(']');
        }
        return Response.of(out, exchange.closes());
    }
}
