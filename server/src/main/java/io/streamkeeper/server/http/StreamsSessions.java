package io.streamkeeper.server.http;

import io.netty.channel.EventLoop;
import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.server.http.parse.RequestParser;
import io.streamkeeper.server.http.request.HttpRequest;
import io.streamkeeper.server.security.Principal;
import io.streamkeeper.server.shard.LoopTasks;
import io.streamkeeper.server.shard.RandomIds;
import io.streamkeeper.storage.memory.Budget;
import io.streamkeeper.storage.memory.Reservation;
import java.net.SocketAddress;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The {@link StreamsSession}s of a server, by id, and their limits. An id cannot be guessed. Safe for use by any thread;
 * used only when a session begins, changes or ends.
 */
final class StreamsSessions {
    private static final Logger LOG = LoggerFactory.getLogger(StreamsSessions.class);

    private static final int ID_BYTES = 16;

    private final Map<String, StreamsSession> sessions = new ConcurrentHashMap<>();

    private final RandomIds ids = new RandomIds();
    private final SessionMemory.Room room;
    private final Budget parsing;
    private final int streamsMax;

    /**
     * The sessions of a server.
     *
     * @param room the heap for the streams of all sessions
     * @param parsing the heap for requests while they are parsed
     * @param streamsMax how many streams a session follows at most
     */
    StreamsSessions(SessionMemory.Room room, Budget parsing, int streamsMax) {
        this.room = room;
        this.parsing = parsing;
        this.streamsMax = streamsMax;
    }

    int streamsMax() {
        return streamsMax;
    }

    String newId() {
        return HexFormat.of().formatHex(ids.next(ID_BYTES));
    }

    /** The longest body of a request that follows streams, or changes which ones a session follows. */
    int bodyBytesMax() {
        return RequestParser.streamsBodyBytesMax(streamsMax);
    }

    /** Reserves the heap to parse such a request, until it is executed; null if none is available. */
    @Nullable
    Reservation reserveParsing(HttpRequest request) {
        return parsing.reserve(RequestParser.streamsHeapBytesMax(request, streamsMax));
    }

    /** Reserves {@code bytes} of the heap for sessions; null if they are not available. */
    @Nullable
    SessionMemory reserve(@Nullable Principal principal, @Nullable SocketAddress peer, long bytes) {
        return SessionMemory.reserve(room, principal, peer, bytes);
    }

    /** The heap of the streams of a session. */
    static long heapBytes(List<Command.Read> reads) {
        return reads.stream().mapToLong(FollowedStream::heapBytes).sum();
    }

    void add(String id, StreamsSession session) {
        sessions.put(id, session);
    }

    void remove(String id) {
        sessions.remove(id);
    }

    /**
     * Changes the streams of a session, on its loop.
     *
     * @param principal who requests it: only the one whose session it is may; null if the server does not authenticate
     * @param answer receives the refusal, or null if it is done, on {@code loop}
     */
    void change(
            String id,
            @Nullable Principal principal,
            List<Command.Read> added,
            List<StreamPath> removed,
            EventLoop loop,
            Consumer<@Nullable Refusal> answer) {
        StreamsSession session = sessions.get(id);
        if (session == null) {
            answer.accept(unknown());
            return;
        }
        Consumer<@Nullable Refusal> onLoop = refusal -> LoopTasks.run(loop, () -> answer.accept(refusal));
        try {
            session.loop().execute(() -> change(session, principal, added, removed, onLoop));
        } catch (RejectedExecutionException e) {
            LOG.debug("a session has no loop", e);
            answer.accept(unknown());
        }
    }

    private static void change(
            StreamsSession session,
            @Nullable Principal principal,
            List<Command.Read> added,
            List<StreamPath> removed,
            Consumer<@Nullable Refusal> answer) {
        if (!isSame(session.exchange.principal(), principal)) {
            answer.accept(unknown());
            return;
        }
        try {
            session.change(added, removed, answer);
        } catch (RuntimeException | Error e) {
            session.connection.failed(e);
            answer.accept(changeFailed());
        }
    }

    private static boolean isSame(@Nullable Principal owner, @Nullable Principal other) {
        if (owner == null || other == null) {
            return owner == null && other == null;
        }
        return owner.name().equals(other.name()) && owner.hasName() == other.hasName();
    }

    static Refusal unknown() {
        return Refusal.of(
                ErrorCode.NOT_FOUND, "there is no such session; expected the id of one that has begun and not ended");
    }

    static Refusal changeFailed() {
        return Refusal.of(ErrorCode.INTERNAL_ERROR, "the server failed to change the session, which has ended");
    }

    static Refusal tooMany(int streams, int streamsMax) {
        return Refusal.of(
                ErrorCode.INVALID_PARAMETER,
                "the session would follow " + streams + " streams, expected at most " + streamsMax);
    }

    static Refusal noRoomToParse() {
        return Refusal.of(
                ErrorCode.OVERLOADED, "there is no memory for a request that names many streams; try again later");
    }

    static Refusal unread(int events) {
        return Refusal.of(
                ErrorCode.OVERLOADED,
                "the session has " + events + " events of ended streams that its client has not read; expected it to"
                        + " read them first, try again later");
    }

    static Refusal noRoom() {
        return Refusal.of(
                ErrorCode.OVERLOADED, "there is no memory for the streams of another session; try again later");
    }
}
