package io.streamkeeper.server.http.respond;

import io.netty.buffer.ByteBuf;
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
import io.streamkeeper.server.config.CacheConfig;
import io.streamkeeper.storage.disk.Clock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Creates the responses to reads (sections 5.6 to 5.8), with their entity tags, conditions, and rules for caches. Owned
 * by one event loop.
 */
public final class ReadResponses {
    private static final int RETRY_MILLIS_MIN = 500;
    private static final int RETRY_MILLIS_MAX = 1_500;

    private final ResponseHeads heads;
    private final RefusalResponses refusals;
    private final Clock clock;
    private final RandomGenerator random;
    private final CacheConfig cache;

    /** {@code Cache-Control} for data of a stream that never expires, and for the answer that there is no new data. */
    private final byte[] keptForGood;

    private final byte[] keptUnlessMore;

    /** The same, for one reader. */
    private final byte[] keptForGoodByOne;

    private final byte[] keptUnlessMoreByOne;

    ReadResponses(
            ResponseHeads heads, RefusalResponses refusals, Clock clock, RandomGenerator random, CacheConfig cache) {
        this.heads = heads;
        this.refusals = refusals;
        this.clock = clock;
        this.random = random;
        this.cache = cache;
        long nowMillis = clock.nowMillis();
        this.keptForGood = ResponseFields.cacheControl(cache.data(Expiry.never(), nowMillis, false));
        this.keptUnlessMore = ResponseFields.cacheControl(cache.nothing(false));
        this.keptForGoodByOne = ResponseFields.cacheControl(cache.data(Expiry.never(), nowMillis, true));
        this.keptUnlessMoreByOne = ResponseFields.cacheControl(cache.nothing(true));
    }

    Response chunk(ResponseContext context, Outcome.Chunk chunk) {
        boolean polled = context.read().live() == LiveMode.LONG_POLL;
        boolean isEmptyPoll = polled && !chunk.bytes().isReadable();
        EntityTag tag = isEmptyPoll || !hasTag(context) ? null : EntityTag.of(chunk);
        Refusal unmet = unmet(context, tag);
        if (unmet != null) {
            chunk.bytes().release();
            return refusals.refused(context, unmet, null);
        }
        if (isEmptyPoll) {
            chunk.bytes().release();
            ResponseHead head = heads.begin(context, 204);
            addOffsets(context, head, chunk);
            head.fields(ResponseFields.NO_STORE);
            return ResponseHeads.finish(context, head);
        }
        return isUnchanged(context, tag)
                ? unchanged(context, chunk, tag)
                : ResponseHeads.finish(context, beginBody(context, chunk, tag), WireBody.of(chunk));
    }

    /**
     * The response to a catch-up read that gets no data because of its conditions; null if it gets some. If it returns
     * a response, it releases the chunk's bytes.
     *
     * @param compressed whether the data would be compressed
     */
    @Nullable
    public Response withoutBody(ResponseContext context, Outcome.Chunk chunk, boolean compressed) {
        EntityTag tag = tag(context, chunk, compressed);
        Refusal unmet = unmet(context, tag);
        if (unmet != null) {
            chunk.bytes().release();
            return refusals.refused(context, unmet, null);
        }
        return isUnchanged(context, tag) ? unchanged(context, chunk, tag) : null;
    }

    /** The head of a response with the chunk's data uncompressed, and the bracket that begins an array. */
    public ByteBuf beginData(ResponseContext context, Outcome.Chunk chunk) {
        boolean isArray = chunk.contentType().isJson();
        ResponseHead head = beginBody(context, chunk, tag(context, chunk, false));
        head.field(ResponseField.CONTENT_LENGTH, chunk.length() + (isArray ? 1 : 0));
        ByteBuf out = head.finish();
        return isArray ? out.writeByte('[') : out;
    }

    /**
     * The head of a response with the chunk's data compressed to {@code length} bytes; with chunked coding if {@code
     * length} is negative.
     */
    public ByteBuf beginCompressed(ResponseContext context, Outcome.Chunk chunk, int length) {
        ResponseHead head = beginBody(context, chunk, tag(context, chunk, true));
        head.fields(ResponseFields.GZIP);
        if (length >= 0) {
            head.field(ResponseField.CONTENT_LENGTH, length);
        } else if (context.isFramed()) {
            head.fields(ResponseFields.CHUNKED);
        }
        return head.finish();
    }

    private static @Nullable EntityTag tag(ResponseContext context, Outcome.Chunk chunk, boolean compressed) {
        if (!hasTag(context)) {
            return null;
        }
        EntityTag tag = EntityTag.of(chunk);
        return compressed ? tag.ofCompressed() : tag;
    }

    /** Whether the client already has the answer, which has {@code tag}, or no tag if that is null. */
    static boolean isUnchanged(ResponseContext context, @Nullable EntityTag tag) {
        EntityTagList known = context.conditions().ifNoneMatch();
        return known != null && (tag == null ? known.isAny() : known.hasWeak(tag.toString()));
    }

    /**
     * The refusal of a read if its answer, which has {@code tag}, does not satisfy {@code If-Match}; null if it does.
     * An answer without a tag satisfies only {@code *}.
     */
    public static @Nullable Refusal unmet(ResponseContext context, @Nullable EntityTag tag) {
        EntityTagList wanted = context.conditions().ifMatch();
        if (wanted == null || (tag == null ? wanted.isAny() : wanted.hasStrong(tag.toString()))) {
            return null;
        }
        return Refusal.of(
                ErrorCode.PRECONDITION_FAILED,
                "If-Match is " + Quoted.of(wanted.toString()) + ", but the answer has "
                        + (tag == null ? "no entity tag" : "the entity tag " + tag));
    }

    /**
     * Whether the answer has an entity tag. A catch-up read or event stream from the current tail has none, because the
     * same request returns other data later (section 10.1). A page has one: it is compared before each use.
     */
    private static boolean hasTag(ResponseContext context) {
        return !(context.read().start() instanceof ReadStart.Now)
                || context.read().live() == LiveMode.LONG_POLL
                || context.read().isBackward();
    }

    private Response unchanged(ResponseContext context, Outcome.Chunk chunk, @Nullable EntityTag tag) {
        ResponseHead head = heads.begin(context, 304);
        addOffsets(context, head, chunk);
        addCaching(context, head, chunk, tag);
        chunk.bytes().release();
        return ResponseHeads.finish(context, head);
    }

    private ResponseHead beginBody(ResponseContext context, Outcome.Chunk chunk, @Nullable EntityTag tag) {
        ResponseHead head = heads.begin(context, 200);
        head.field(ResponseField.CONTENT_TYPE, chunk.contentType().value());
        addOffsets(context, head, chunk);
        if (chunk.contentType().essence().equals("application/octet-stream")) {
            head.fields(ResponseFields.ATTACHMENT);
        }
        if (chunk.contentType().isActive()) {
            head.fields(ResponseFields.SANDBOX);
        }
        addCaching(context, head, chunk, tag);
        return head;
    }

    /**
     * Adds the fields for caches. Those of a 304 replace those of the stored 200, so both must be the same (RFC 9111
     * section 4.3.4).
     */
    private void addCaching(ResponseContext context, ResponseHead head, Outcome.Chunk chunk, @Nullable EntityTag tag) {
        if (tag == null) {
            head.fields(ResponseFields.NO_STORE);
            return;
        }
        boolean isForOne = context.readers() == ResponseContext.Readers.ONE;
        if (context.read().followsTail()) {
            head.fields(isForOne ? keptUnlessMoreByOne : keptUnlessMore);
        } else if (chunk.length() > 0 && !(chunk.expiry() instanceof Expiry.Never)) {
            head.field(ResponseField.CACHE_CONTROL, cache.data(chunk.expiry(), clock.nowMillis(), isForOne));
        } else if (chunk.length() > 0) {
            head.fields(isForOne ? keptForGoodByOne : keptForGood);
        } else {
            head.fields(isForOne ? keptUnlessMoreByOne : keptUnlessMore);
        }
        if (context.readers() != ResponseContext.Readers.ALL) {
            head.varies(Vary.AUTHORIZATION);
        }
        head.field(ResponseField.ETAG, tag);
        if (Compression.suits(chunk.contentType())) {
            head.varies(Vary.ACCEPT_ENCODING);
        }
    }

    private void addOffsets(ResponseContext context, ResponseHead head, Outcome.Chunk chunk) {
        head.field(ResponseField.STREAM_NEXT_OFFSET, chunk.next());
        if (chunk.upToDate()) {
            head.fields(ResponseFields.UP_TO_DATE);
        }
        if (chunk.closed()) {
            head.fields(ResponseFields.CLOSED);
        } else if (context.read().live() == LiveMode.LONG_POLL) {
            head.field(ResponseField.STREAM_CURSOR, cursor(context));
        }
        addBeginning(context, head, chunk);
    }

    /** Adds where a response begins whose request does not say so: a page before it ends there. */
    private static void addBeginning(ResponseContext context, ResponseHead head, Outcome.Chunk chunk) {
        if (!context.read().isBackward() && !context.read().isSearched()) {
            return;
        }
        if (chunk.earliest()) {
            head.fields(ResponseFields.BEGINNING);
        } else {
            head.field(ResponseField.STREAM_PREVIOUS_OFFSET, chunk.start());
        }
    }

    /** The cursor for the response to this request (section 10.1). */
    public String cursor(ResponseContext context) {
        return Cursor.next(clock.nowMillis(), context.read().cursor(), random);
    }

    /**
     * How long the reader of an event stream waits before it connects again: random, so that not all connect at once.
     */
    public int retryMillis() {
        return random.nextInt(RETRY_MILLIS_MIN, RETRY_MILLIS_MAX);
    }

    /** The head of a response whose body is events of many streams. */
    public ByteBuf eventsOfStreams(ResponseContext context) {
        ResponseHead head = heads.begin(context, 200).fields(ResponseFields.EVENT_STREAM);
        if (context.isFramed()) {
            head.fields(ResponseFields.CHUNKED);
        }
        return head.finish();
    }

    /** The head of a response whose body is events of the stream of {@code first}. */
    public ByteBuf eventStream(ResponseContext context, Outcome.Chunk first) {
        ResponseHead head = heads.begin(context, 200).fields(ResponseFields.EVENT_STREAM);
        if (!first.contentType().isText()) {
            head.fields(ResponseFields.BASE64);
        }
        addBeginning(context, head, first);
        if (context.isFramed()) {
            head.fields(ResponseFields.CHUNKED);
        }
        return head.finish();
    }
}
