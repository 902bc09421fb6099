package io.streamkeeper.server.http.respond;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.util.AsciiString;
import io.streamkeeper.protocol.EntityTag;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.protocol.StreamInfo;
import io.streamkeeper.server.config.CacheConfig;
import io.streamkeeper.server.http.route.Answer;
import io.streamkeeper.server.limit.LimitRefusal;
import io.streamkeeper.server.metrics.LoopCounters;
import io.streamkeeper.storage.disk.Clock;
import java.time.Instant;
import java.util.Iterator;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Creates all responses: only here, outcomes become statuses and fields. Owned by one event loop. */
public final class ResponseWriter {
    private static final AsciiString CONNECTION = AsciiString.cached("connection");
    private static final AsciiString TRANSFER_ENCODING = AsciiString.cached("transfer-encoding");
    private static final AsciiString X_REQUEST_ID = AsciiString.cached("x-request-id");

    private final ResponseHeads heads;
    private final RefusalResponses refusals;
    private final ReadResponses reads;

    /**
     * Creates the responses of one loop.
     *
     * @param reports logs refusals, for all loops
     */
    public ResponseWriter(
            ByteBufAllocator allocator,
            LoopCounters counters,
            Clock clock,
            RandomGenerator random,
            CacheConfig cache,
            CrossOriginRule origins,
            RefusalReports reports) {
        this.heads = new ResponseHeads(allocator, counters, clock, origins);
        this.refusals = new RefusalResponses(heads, reports);
        this.reads = new ReadResponses(heads, refusals, clock, random, cache);
    }

    /** The writer of the responses to reads. */
    public ReadResponses reads() {
        return reads;
    }

    /** The response of an outcome; owns the outcome's buffer from then on. */
    public Response outcome(ResponseContext context, Outcome outcome) {
        if (outcome instanceof Outcome.Appended appended) {
            return appended(context, appended);
        }
        if (outcome instanceof Outcome.Chunk chunk) {
            return reads.chunk(context, chunk);
        }
        if (outcome instanceof Outcome.Created created) {
            return created(context, created);
        }
        if (outcome instanceof Outcome.Described described) {
            return described(context, described.stream());
        }
        if (outcome instanceof Outcome.Changed changed) {
            return changed(context, changed.stream());
        }
        if (outcome instanceof Refusal refusal) {
            return refused(context, refusal, null);
        }
        if (outcome instanceof Outcome.Listed listed) {
            return listed(context, listed);
        }
        if (outcome instanceof Outcome.Deleted) {
            return ResponseHeads.finish(context, heads.begin(context, 204));
        }
        throw new IllegalArgumentException("an outcome of the unknown type " + outcome.getClass());
    }

    private Response appended(ResponseContext context, Outcome.Appended appended) {
        boolean reportsSeq = appended.wrote() && appended.producer() != null;
        ResponseHead head = heads.begin(context, reportsSeq ? 200 : 204);
        head.field(ResponseField.STREAM_NEXT_OFFSET, appended.nextOffset());
        if (appended.closed()) {
            head.fields(ResponseFields.CLOSED);
        }
        if (appended.producer() != null) {
            head.field(ResponseField.PRODUCER_EPOCH, appended.producer().epoch());
            head.field(ResponseField.PRODUCER_SEQ, appended.producer().seq());
        }
        if (reportsSeq) {
            head.field(ResponseField.CONTENT_LENGTH, 0);
        }
        return ResponseHeads.finish(context, head);
    }

    private Response created(ResponseContext context, Outcome.Created created) {
        ResponseHead head = heads.begin(context, created.existed() ? 200 : 201);
        if (!created.existed()) {
            head.field(ResponseField.LOCATION, context.url());
        }
        describe(head, created.stream());
        head.field(ResponseField.CONTENT_LENGTH, 0);
        return ResponseHeads.finish(context, head);
    }

    private Response changed(ResponseContext context, StreamInfo stream) {
        ResponseHead head = heads.begin(context, 200);
        describe(head, stream);
        describeRest(head, stream);
        head.field(ResponseField.CONTENT_LENGTH, 0);
        return ResponseHeads.finish(context, head);
    }

    private Response described(ResponseContext context, StreamInfo stream) {
        EntityTag tag = EntityTag.of(stream);
        Refusal unmet = ReadResponses.unmet(context, tag);
        if (unmet != null) {
            return refusals.refused(context, unmet, null);
        }
        ResponseHead head = heads.begin(context, ReadResponses.isUnchanged(context, tag) ? 304 : 200);
        head.field(ResponseField.ETAG, tag);
        describe(head, stream);
        describeRest(head, stream);
        head.fields(ResponseFields.NO_STORE);
        return ResponseHeads.finish(context, head);
    }

    private static void describeRest(ResponseHead head, StreamInfo stream) {
        if (stream.expiry() instanceof Expiry.Ttl ttl) {
            head.field(ResponseField.STREAM_TTL, ttl.seconds());
        } else if (stream.expiry() instanceof Expiry.At at) {
            head.field(ResponseField.STREAM_EXPIRES_AT, at.text());
        } else if (!(stream.expiry() instanceof Expiry.Never)) {
            throw new IllegalArgumentException(
                    "an expiry of the unknown type " + stream.expiry().getClass());
        }
        Instant lastAppendAt = stream.lastAppendAt();
        if (lastAppendAt != null) {
            head.field(ResponseField.STREAM_LAST_APPEND_AT, lastAppendAt.toString());
        }
        head.field(ResponseField.STREAM_METADATA_TAG, '"' + stream.metadataTag() + '"');
    }

    private static void describe(ResponseHead head, StreamInfo stream) {
        head.field(ResponseField.CONTENT_TYPE, stream.contentType().value());
        head.field(ResponseField.STREAM_NEXT_OFFSET, stream.tail());
        if (stream.closed()) {
            head.fields(ResponseFields.CLOSED);
        }
        Retention retention = stream.retention();
        describe(head, ResponseField.STREAM_RETENTION_MAX_AGE, retention.maxAgeSeconds());
        describe(head, ResponseField.STREAM_RETENTION_MAX_BYTES, retention.maxBytes());
        describe(head, ResponseField.STREAM_RETENTION_MAX_MESSAGES, retention.maxMessages());
        if (!retention.isNone() || stream.earliest().position() > 0) {
            head.field(ResponseField.STREAM_EARLIEST_OFFSET, stream.earliest());
        }
    }

    private static void describe(ResponseHead head, ResponseField name, long bound) {
        if (bound != Retention.UNBOUNDED) {
            head.field(name, bound);
        }
    }

    private Response listed(ResponseContext context, Outcome.Listed listed) {
        ResponseHead head = heads.begin(context, 200);
        head.fields(ResponseFields.JSON);
        head.fields(ResponseFields.NO_STORE);
        return ResponseHeads.finish(context, head, WireBody.of(Unpooled.wrappedBuffer(ListingBody.of(listed))));
    }

    // ---- everything else ----

    /** The response of a refusal; {@code allow} lists the allowed methods of the path, if the method is the reason. */
    public Response refused(ResponseContext context, Refusal refusal, @Nullable String allow) {
        return refusals.refused(context, refusal, allow);
    }

    /** The response of a request beyond a limit. */
    public Response limited(ResponseContext context, LimitRefusal limited) {
        return refusals.limited(context, limited);
    }

    /** The response to {@code OPTIONS}: the methods of the path, also for scripts of other origins. */
    public Response options(ResponseContext context, String methods) {
        ResponseHead head = heads.begin(context, 204).field(ResponseField.ALLOW, methods);
        String origin = context.origin();
        if (heads.origins().allowsReads(origin)) {
            boolean writes = origin == null || heads.origins().allowsWrites(origin);
            head.fields(ResponseFields.preflight(writes ? methods : ResponseFields.READING_METHODS));
        }
        return ResponseHeads.finish(context, head);
    }

    /** The response of an answer whose body is whole; owns the body from then on. */
    public Response answer(ResponseContext context, Answer answer) {
        if (answer.status() == 204 || answer.status() == 304) {
            answer.release();
            return ResponseHeads.finish(context, begin(context, answer));
        }
        ByteBuf body = answer.body();
        return ResponseHeads.finish(
                context, begin(context, answer), WireBody.of(body == null ? Unpooled.EMPTY_BUFFER : body));
    }

    /**
     * The head of the response of an answer whose body is created piece by piece; with chunked coding if the client's
     * version of HTTP has it.
     */
    public ByteBuf beginPieces(ResponseContext context, Answer answer) {
        ResponseHead head = begin(context, answer);
        if (context.isFramed()) {
            head.fields(ResponseFields.CHUNKED);
        }
        return head.finish();
    }

    private ResponseHead begin(ResponseContext context, Answer answer) {
        ResponseHead head = heads.begin(context, answer.status());
        for (Answer.Field field : answer.fields()) {
            head.field(field.name(), field.value());
        }
        return head;
    }

    // ---- of a cluster ----

    /** The response that sends the client to the same target at the leader. */
    public Response redirected(ResponseContext context, String location) {
        ResponseHead head = heads.begin(context, 307)
                .field(ResponseField.LOCATION, location)
                .fields(ResponseFields.NO_STORE);
        return ResponseHeads.finish(context, head, WireBody.of(Unpooled.EMPTY_BUFFER));
    }

    /**
     * The head of a response of the leader: its fields, except those of its connection.
     *
     * @param isChunked whether the body has chunked coding; else the fields contain its length, or it ends the connection
     */
    public ByteBuf forwarded(
            ResponseContext context,
            int status,
            Iterator<Map.Entry<CharSequence, CharSequence>> fields,
            boolean isChunked) {
        ResponseHead head = heads.beginPassed(context, status);
        String id = context.requestId();
        if (id != null) {
            head.field(ResponseField.X_REQUEST_ID, id);
        }
        fields.forEachRemaining(field -> {
            if (!isOfConnection(field.getKey())
                    && (id == null || !X_REQUEST_ID.contentEqualsIgnoreCase(field.getKey()))) {
                head.passed(field.getKey(), field.getValue());
            }
        });
        if (isChunked) {
            head.fields(ResponseFields.CHUNKED);
        }
        return head.finish();
    }

    private static boolean isOfConnection(CharSequence name) {
        return CONNECTION.contentEqualsIgnoreCase(name) || TRANSFER_ENCODING.contentEqualsIgnoreCase(name);
    }

    /** The interim response that requests the body of a request. */
    public Response proceed() {
        return Response.of(heads.interim(100).finish(), false);
    }
}
