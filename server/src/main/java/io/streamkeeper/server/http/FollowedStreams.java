package io.streamkeeper.server.http;

import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.server.shard.TurnQueue;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The streams that a {@link StreamsSession} follows, those that wait for their turn to be read, and the heap that is
 * reserved for them. Owned by the connection's loop.
 */
final class FollowedStreams {
    private static final Logger LOG = LoggerFactory.getLogger(FollowedStreams.class);

    /** Streams that are visited in one piece. */
    private static final int PIECE_STREAMS = 32;

    private final StreamsSessions sessions;
    private final SessionMemory memory;
    private final Function<Command.Read, FollowedStream> creator;
    private final Map<String, FollowedStream> streams = new HashMap<>();
    private final ArrayDeque<FollowedStream> waiting = new ArrayDeque<>();

    /** Streams that are not followed yet. */
    private final ArrayDeque<Command.Read> added;

    /**
     * The streams of {@code first}.
     *
     * @param memory the heap for them, released at the end
     * @param creator creates the state of a stream when its first turn comes
     */
    FollowedStreams(
            StreamsSessions sessions,
            List<Command.Read> first,
            SessionMemory memory,
            Function<Command.Read, FollowedStream> creator) {
        this.sessions = sessions;
        this.added = new ArrayDeque<>(first);
        this.memory = memory;
        this.creator = creator;
    }

    // ---- turns ----

    /** Whether a stream waits for its turn. */
    boolean hasWaiting() {
        return !waiting.isEmpty() || !added.isEmpty();
    }

    /** The stream whose turn it is; null for none. */
    @Nullable
    FollowedStream next() {
        Command.Read read = added.poll();
        if (read != null) {
            FollowedStream stream = creator.apply(read);
            FollowedStream before = streams.get(stream.path());
            if (before != null) {
                drop(before);
            }
            streams.put(stream.path(), stream);
            waiting.add(stream);
        }
        return waiting.poll();
    }

    /** A stream waits for its next turn, unless it does already. */
    void waits(FollowedStream stream) {
        if (stream.waits()) {
            waiting.add(stream);
        }
    }

    // ---- changes ----

    /**
     * Follows other streams from now on. Those that are removed end in pieces of {@code turns}, because they may be
     * thousands.
     *
     * @param ended receives each stream that was removed, and of which nothing more is delivered; it calls {@link
     *     #release}
     * @param done receives the refusal if there are too many, so that nothing has changed; null when it is done
     */
    void change(
            List<Command.Read> more,
            List<StreamPath> removed,
            TurnQueue turns,
            Consumer<FollowedStream> ended,
            Consumer<@Nullable Refusal> done) {
        Set<StreamPath> paths = new HashSet<>(removed);
        List<FollowedStream> left = paths.stream()
                .map(path -> streams.get(path.value()))
                .filter(Objects::nonNull)
                .collect(Collectors.toCollection(ArrayList::new));
        List<Command.Read> notBegun =
                added.stream().filter(read -> paths.contains(read.path())).toList();
        int count = streams.size() + added.size() + more.size() - left.size() - notBegun.size();
        if (count > sessions.streamsMax()) {
            done.accept(sessions.tooMany(count));
        } else if (!memory.tryGrow(StreamsSessions.heapBytes(more))) {
            done.accept(StreamsSessions.noRoom());
        } else {
            left.forEach(stream -> streams.remove(stream.path(), stream));
            if (!notBegun.isEmpty()) {
                added.removeIf(read -> paths.contains(read.path()));
                notBegun.forEach(read -> left.add(creator.apply(read)));
            }
            added.addAll(more);
            forEach(turns, left, 0, stream -> endRemoved(stream, ended), () -> done.accept(null));
        }
    }

    /** Ends a stream that is forgotten already, unless its end was reported meanwhile. */
    private static void endRemoved(FollowedStream stream, Consumer<FollowedStream> ended) {
        if (!stream.isOver()) {
            end(stream);
            ended.accept(stream);
        }
    }

    /** Ends a stream, and forgets it. Its heap is kept until {@link #release}. */
    void forget(FollowedStream stream) {
        stream.end();
        streams.remove(stream.path(), stream);
    }

    /** Releases the heap of a stream that is forgotten. At the end of the session, all of its heap is released. */
    void release(FollowedStream stream) {
        memory.release(stream.takeHeapBytes());
    }

    /** Ends a stream, and forgets it, after its last event was written or if there is none. */
    void drop(FollowedStream stream) {
        forget(stream);
        release(stream);
    }

    // ---- all of them ----

    /** Calls {@code visit} for each stream that is followed now, in pieces of {@code turns}. */
    void forEach(TurnQueue turns, Consumer<FollowedStream> visit) {
        forEach(turns, new ArrayList<>(streams.values()), 0, visit, () -> {});
    }

    private static void forEach(
            TurnQueue turns, List<FollowedStream> all, int from, Consumer<FollowedStream> visit, Runnable done) {
        int end = Math.min(all.size(), from + PIECE_STREAMS);
        all.subList(from, end).forEach(visit);
        if (end < all.size()) {
            turns.add(() -> forEach(turns, all, end, visit, done));
        } else {
            done.run();
        }
    }

    /** Ends all streams, and releases the heap. */
    void close(TurnQueue turns) {
        try {
            forEach(turns, FollowedStreams::end);
        } finally {
            streams.clear();
            waiting.clear();
            added.clear();
            memory.close();
        }
    }

    /** If it fails for one stream, the others end as well. */
    private static void end(FollowedStream stream) {
        try {
            stream.end();
        } catch (RuntimeException | Error e) {
            LOG.error("stream {} of a session failed to end", stream.path(), e);
        }
    }
}
