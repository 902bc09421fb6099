package io.streamkeeper.server.http;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.netty.util.concurrent.Future;
import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.server.http.parse.Intent;
import io.streamkeeper.server.shard.live.LongEvent;
import io.streamkeeper.server.shard.live.SseFrame;
import io.streamkeeper.server.shard.live.TailEvent;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One response of server-sent events that follows many streams. Owned by the connection's loop.
 *
 * <p>A stream that is at its tail is sent each step as it comes, while the client reads. Any other waits for its turn,
 * and is read about {@value #CHUNK_BYTES_MAX} bytes at a time, so that no stream delays the others for longer. At most
 * {@value #READS_MAX} are read at a time. While the client does not read, a stream costs its position only.
 */
final class StreamsSession extends EventSession {
    /** Bytes of a stream that one event contains at most, approximately. */
    private static final int CHUNK_BYTES_MAX = 64 << 10;

    /** Streams that are read at a time: the memory that answers take which come when the client reads no more. */
    private static final int READS_MAX = 8;

    /** How long no stream is read after there was no memory for a read. */
    private static final long PAUSE_MILLIS = 100;

    /** Reads that are begun in one piece. */
    private static final int PIECE_READS = 32;

    /** Last events of streams that are written in one piece. */
    private static final int PIECE_EVENTS = 32;

    private final StreamsSessions sessions;
    private final String id;
    private final boolean asBytes;
    private final FollowedStreams streams;
    private List<Command.Read> first;
    private int reads;

    /** The stream whose message is being written in parts; nothing else is written meanwhile. */
    private @Nullable FollowedStream longStream;

    /** The last events of streams, which are written when the client reads; the heap of these streams is kept. */
    private final ArrayDeque<LastEvent> lastEvents = new ArrayDeque<>(0);

    private @Nullable Future<?> pause;

    /** The last event of a stream that has ended, with these members. */
    private record LastEvent(FollowedStream stream, String members) {}

    /**
     * A session that follows {@code first}.
     *
     * @param memory the heap for these streams; released at the end
     */
    StreamsSession(
            ConnectionHandler connection,
            Exchange exchange,
            StreamsSessions sessions,
            Intent.OnStreams first,
            SessionMemory memory) {
        super(connection, exchange);
        this.sessions = sessions;
        SessionOffsets offsets = new SessionOffsets(first.isResumable() ? first.reads() : List.of());
        this.first = first.reads();
        this.streams = new FollowedStreams(
                turns(),
                sessions.streamsMax(),
                memory,
                read -> new FollowedStream(
                        this, read, connection.server().shards().of(read.path()), CHUNK_BYTES_MAX, offsets),
                connection::failed);
        this.id = sessions.newId();
        this.asBytes = first.asBytes();
    }

    // ---- the beginning ----

    @Override
    void begin() {
        if (!beginOfStreams()) {
            return;
        }
        write(SseFrame.event(channel.alloc(), "session", "{\"session\":\"" + id + "\"}", null, exchange.isFramed()));
        if (connection.endsWaiting()) {
            finish();
            return;
        }
        sessions.add(id, this);
        streams.change(StreamsChange.first(first, this::goOnWhenWritable));
        first = List.of();
    }

    // ---- changes ----

    /**
     * Follows other streams from now on; on the connection's loop.
     *
     * @param done receives the refusal if there are too many; null when it is done
     */
    void change(List<Command.Read> more, List<StreamPath> removed, Consumer<@Nullable Refusal> done) {
        if (isOver()) {
            done.accept(StreamsSessions.unknown());
            return;
        }
        if (lastEvents.size() + removed.size() > sessions.streamsMax()) {
            done.accept(StreamsSessions.unread(lastEvents.size()));
            return;
        }
        streams.change(StreamsChange.of(more, removed, this::removed, refusal -> {
            done.accept(refusal);
            goOnWhenWritable();
        }));
    }

    /** Reports that a stream was removed, after which nothing of it follows. */
    private void removed(FollowedStream stream) {
        if (!isOver()) {
            try {
                ended(stream, ",\"removed\":true");
            } catch (RuntimeException | Error e) {
                connection.failed(e);
            }
        }
    }

    /** The rights of the reader may have changed: each stream that it may not read any more ends. */
    void rightsChanged() {
        streams.forEach(stream -> {
            try {
                checkRight(stream);
            } catch (RuntimeException | Error e) {
                connection.failed(e);
            }
        });
    }

    private void checkRight(FollowedStream stream) {
        boolean follows = !isOver() && !stream.isOver();
        if (follows && !connection.execution().mayRead(exchange, stream.read().path())) {
            refuse(stream, null);
        }
    }

    // ---- from the streams ----

    /** The answer to a read of a stream, which is the last one if it is a refusal. */
    void read(FollowedStream stream, Outcome outcome, boolean attached) {
        reads--;
        try {
            take(stream, outcome, attached);
        } catch (RuntimeException | Error e) {
            connection.failed(e);
        } finally {
            if (outcome instanceof Outcome.Chunk chunk) {
                chunk.bytes().release();
            }
        }
        if (!isOver() && streams.hasWaiting()) {
            goOnWhenWritable();
        }
    }

    private void take(FollowedStream stream, Outcome outcome, boolean attached) {
        if (isOver() || stream.isOver()) {
            return;
        }
        if (!(outcome instanceof Outcome.Chunk chunk)) {
            refused(stream, (Refusal) outcome);
            return;
        }
        stream.startsAt(chunk);
        if (isWithinLongEvent()) {
            streams.waits(stream);
        } else if (LongEvent.isFor(chunk)) {
            beginLong(stream, chunk);
        } else {
            send(stream, chunk);
            if (!attached && !stream.isOver()) {
                streams.waits(stream);
            }
        }
    }

    private void beginLong(FollowedStream stream, Outcome.Chunk chunk) {
        String description = description(stream, chunk.contentType());
        if (!description.isEmpty()) {
            control(stream, description);
        }
        stream.sent(chunk);
        writeInParts(new LongEvent(chunk, stream, exchange.isFramed()));
        longStream = stream;
        goOnWhenWritable();
    }

    /** Ends one stream, unless there was no memory for its read: then it waits for another turn. */
    private void refused(FollowedStream stream, Refusal refusal) {
        if (refusal.code() != ErrorCode.OVERLOADED) {
            refuse(stream, refusal);
            return;
        }
        streams.waits(stream);
        if (pause == null) {
            pause = loop().schedule(
                            () -> {
                                pause = null;
                                goOnWhenWritable();
                            },
                            PAUSE_MILLIS,
                            TimeUnit.MILLISECONDS);
        }
    }

    private void send(FollowedStream stream, Outcome.Chunk chunk) {
        String description = description(stream, chunk.contentType());
        boolean hasData = chunk.bytes().isReadable();
        if (hasData && !description.isEmpty()) {
            control(stream, description);
        }
        stream.sent(chunk);
        if (hasData) {
            write(SseFrame.data(channel.alloc(), chunk, isEncoded(chunk.contentType()), stream, exchange.isFramed()));
        }
        settle(stream, hasData ? "" : description, chunk.upToDate(), chunk.closed());
    }

    /** How the data of a stream is encoded, which is reported once, before the first data. */
    private String description(FollowedStream stream, ContentType type) {
        if (!stream.becomesDescribed()) {
            return "";
        }
        StringBuilder members = new StringBuilder(",\"contentType\":\"");
        JsonStringEncoder.getInstance().quoteAsString(type.value(), members);
        return members.append(isEncoded(type) ? "\",\"dataEncoding\":\"base64\"" : "\"")
                .toString();
    }

    /** Whether the data is base64. */
    private boolean isEncoded(ContentType type) {
        return !type.isText() || (asBytes && !type.isJson());
    }

    /** Reports once that the client has everything, and the end of a closed stream. */
    private void settle(FollowedStream stream, String description, boolean upToDate, boolean closed) {
        boolean becomesUpToDate = upToDate && stream.becomesUpToDate();
        if (closed || becomesUpToDate || !description.isEmpty()) {
            control(
                    stream,
                    description + (upToDate ? ",\"upToDate\":true" : "") + (closed ? ",\"streamClosed\":true" : ""));
        }
        if (closed) {
            streams.drop(stream);
        }
    }

    /** A stream that is at its tail has moved. */
    void moved(FollowedStream stream, TailEvent event, boolean follows) {
        try {
            follow(stream, event, follows);
        } catch (RuntimeException | Error e) {
            // What was not written would be missing.
            connection.failed(e);
        }
    }

    private void follow(FollowedStream stream, TailEvent event, boolean follows) {
        if (isOver()) {
            return;
        }
        boolean isSent =
                follows && !isWithinLongEvent() && connection.output().takesMore() && !LongEvent.isFor(event.chunk());
        if (!isSent) {
            streams.waits(stream);
            goOnWhenWritable();
            return;
        }
        send(stream, event.chunk());
        if (event.hasMore() && !stream.isOver()) {
            streams.waits(stream);
            goOnWhenWritable();
        }
    }

    /** A stream is deleted, or the server stops. */
    void deleted(FollowedStream stream) {
        try {
            if (!isOver() && !stream.isOver()) {
                refuse(stream, null);
            }
        } catch (RuntimeException | Error e) {
            connection.failed(e);
        }
    }

    /** Ends one stream; one that the client may not read looks like one that does not exist. */
    private void refuse(FollowedStream stream, @Nullable Refusal refusal) {
        ErrorCode code = refusal == null ? ErrorCode.STREAM_NOT_FOUND : refusal.code();
        String earliest = refusal == null || refusal.earliestOffset() == null
                ? ""
                : ",\"earliestOffset\":\"" + refusal.earliestOffset() + '"';
        streams.forget(stream);
        ended(stream, ",\"error\":\"" + code.code() + '"' + earliest);
    }

    /** Writes the last event of a stream that is forgotten, as soon as the client reads. */
    private void ended(FollowedStream stream, String members) {
        lastEvents.add(new LastEvent(stream, members));
        writeLastEvents(1);
        if (!lastEvents.isEmpty()) {
            goOnWhenWritable();
        }
    }

    /**
     * Writes the last events of at most {@code most} streams while the client reads, and releases the heap of these
     * streams.
     */
    private void writeLastEvents(int most) {
        for (int written = 0; written < most && mayWriteLast(); written++) {
            LastEvent last = lastEvents.remove();
            control(last.stream(), last.members());
            streams.release(last.stream());
        }
    }

    private boolean mayWriteLast() {
        return !lastEvents.isEmpty()
                && !isWithinLongEvent()
                && connection.output().takesMore();
    }

    private void control(FollowedStream stream, String members) {
        StringBuilder json = new StringBuilder("{\"stream\":\"");
        JsonStringEncoder.getInstance().quoteAsString(stream.path(), json);
        json.append('"');
        if (stream.next() != null) {
            json.append(",\"streamNextOffset\":\"").append(stream.next()).append('"');
        }
        json.append(members).append('}');
        write(SseFrame.event(channel.alloc(), "control", json.toString(), stream.id(), exchange.isFramed()));
    }

    // ---- the client ----

    /** Writes the last events of streams, then reads the streams whose turn it is. */
    @Override
    void goOnWithEvents() {
        writeLastEvents(PIECE_EVENTS);
        if (!lastEvents.isEmpty()) {
            goOnWhenWritable();
            return;
        }
        if (pause != null) {
            return;
        }
        for (int begun = 0; begun < PIECE_READS && reads < READS_MAX && !isWithinLongEvent(); begun++) {
            FollowedStream stream = streams.next();
            if (stream == null) {
                return;
            }
            begin(stream);
        }
        if (reads < READS_MAX && !isWithinLongEvent() && streams.hasWaiting()) {
            goOnWhenWritable();
        }
    }

    @Override
    void wroteLong(LongEvent event) {
        FollowedStream of = longStream;
        longStream = null;
        if (of != null && !of.isOver()) {
            settle(of, "", event.isUpToDate(), event.closes());
            streams.waits(of);
        }
        goOnWhenWritable();
    }

    private void begin(FollowedStream stream) {
        if (stream.isOver()) {
            return;
        }
        if (!connection.execution().mayRead(exchange, stream.read().path())) {
            refuse(stream, null);
            return;
        }
        reads++;
        stream.readOn();
    }

    // ---- the end ----

    @Override
    void writeLast(boolean unauthorized) {
        writeLastEvents(lastEvents.size());
    }

    @Override
    void release() {
        sessions.remove(id);
        streams.close();
        super.release();
        if (pause != null) {
            pause.cancel(false);
        }
    }
}
