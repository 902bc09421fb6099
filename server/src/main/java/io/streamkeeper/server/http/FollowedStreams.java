package io.streamkeeper.server.http;

import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.server.shard.TurnQueue;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The streams that a {@link StreamsSession} follows, those that wait for their turn to be read, and the heap that is
 * reserved for them. Whatever concerns many streams is done in pieces. Owned by the connection's loop.
 */
final class FollowedStreams {
    private static final Logger LOG = LoggerFactory.getLogger(FollowedStreams.class);

    /** Streams that are visited in one piece. */
    static final int PIECE_STREAMS = 32;

    private final TurnQueue turns;
    private final int streamsMax;
    private final SessionMemory memory;
    private final Function<Command.Read, FollowedStream> creator;
    private final Consumer<Throwable> failed;
    private final Map<String, FollowedStream> streams = new HashMap<>();
    private final ArrayDeque<FollowedStream> waiting = new ArrayDeque<>();

    /** Streams that are not read yet, by path, none of which is in {@link #streams}. */
    private final LinkedHashMap<String, Command.Read> added = new LinkedHashMap<>();

    /** Changes that are not done, the first of which is under way. */
    private final ArrayDeque<StreamsChange> changes = new ArrayDeque<>(1);

    /**
     * No streams yet.
     *
     * @param turns the turns of the loop
     * @param streamsMax how many are followed at most
     * @param memory the heap for them, which is there for the first ones; released at the end
     * @param creator creates the state of a stream when its first turn comes
     * @param failed ends the session when a change fails
     */
    FollowedStreams(
            TurnQueue turns,
            int streamsMax,
            SessionMemory memory,
            Function<Command.Read, FollowedStream> creator,
            Consumer<Throwable> failed) {
        this.turns = turns;
        this.streamsMax = streamsMax;
        this.memory = memory;
        this.creator = creator;
        this.failed = failed;
    }

    // ---- turns ----

    /** Whether a stream waits for its turn. */
    boolean hasWaiting() {
        return !waiting.isEmpty() || !added.isEmpty();
    }

    /** The stream whose turn it is; null for none. */
    @Nullable
    FollowedStream next() {
        Iterator<Command.Read> reads = added.values().iterator();
        if (reads.hasNext()) {
            FollowedStream stream = creator.apply(reads.next());
            reads.remove();
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
     * Follows other streams from now on, after the changes before. First the streams are counted that the change
     * replaces or removes, so that one that is refused changes nothing.
     */
    void change(StreamsChange change) {
        changes.add(change);
        if (changes.size() == 1) {
            begin(change);
        }
    }

    private void begin(StreamsChange change) {
        step(change, change.removed(), 0, path -> count(change, path), () -> countAdded(change));
    }

    private void countAdded(StreamsChange change) {
        step(change, change.added(), 0, read -> count(change, read.path()), () -> decide(change));
    }

    private void count(StreamsChange change, StreamPath path) {
        if (streams.containsKey(path.value()) || added.containsKey(path.value())) {
            change.replaced().add(path.value());
        }
    }

    private void decide(StreamsChange change) {
        int before = streams.size() + added.size() - change.replaced().size();
        int count = before + change.added().size();
        if (count > streamsMax) {
            done(change, StreamsSessions.tooMany(count, streamsMax));
        } else if (!change.isFirst() && !memory.tryGrow(StreamsSessions.heapBytes(change.added()))) {
            done(change, StreamsSessions.noRoom());
        } else {
            step(change, change.removed(), 0, path -> remove(change, path), () -> addAll(change));
        }
    }

    private void remove(StreamsChange change, StreamPath path) {
        Command.Read notRead = added.remove(path.value());
        FollowedStream stream = notRead == null ? streams.remove(path.value()) : creator.apply(notRead);
        if (stream != null) {
            end(stream);
            change.ended(stream);
        }
    }

    private void addAll(StreamsChange change) {
        step(change, change.added(), 0, this::add, () -> done(change, null));
    }

    /** Adds a stream, in place of the one with its path. */
    private void add(Command.Read read) {
        FollowedStream followed = streams.get(read.path().value());
        if (followed != null) {
            drop(followed);
        }
        Command.Read notRead = added.put(read.path().value(), read);
        if (notRead != null) {
            memory.release(FollowedStream.heapBytes(notRead));
        }
    }

    private void done(StreamsChange change, @Nullable Refusal refusal) {
        changes.remove();
        change.done(refusal);
        StreamsChange next = changes.peek();
        if (next != null) {
            turns.add(() -> begin(next));
        }
    }

    /** Visits {@code all} in pieces, then runs {@code then}; if the session ends before, the change is answered then. */
    private <T> void step(StreamsChange change, List<T> all, int from, Consumer<T> visit, Runnable then) {
        if (changes.peek() != change) {
            return;
        }
        try {
            int end = visit(all, from, visit);
            if (end < all.size()) {
                turns.add(() -> step(change, all, end, visit, then));
            } else {
                then.run();
            }
        } catch (RuntimeException | Error e) {
            fail(change, e);
        }
    }

    /** The session ends, because it is not known how much of a change was done. */
    private void fail(StreamsChange change, Throwable thrown) {
        failed.accept(thrown);
        if (changes.peek() == change) {
            changes.remove();
            change.done(StreamsSessions.changeFailed());
        }
    }

    private static <T> int visit(List<T> all, int from, Consumer<T> visit) {
        int end = Math.min(all.size(), from + PIECE_STREAMS);
        all.subList(from, end).forEach(visit);
        return end;
    }

    /** Ends a stream, and forgets it. Its heap is kept until {@link #release}. */
    void forget(FollowedStream stream) {
        stream.end();
        if (streams.remove(stream.path(), stream) && !changes.isEmpty()) {
            changes.element().replaced().remove(stream.path());
        }
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

    /** Calls {@code visit} for each stream that is followed now. */
    void forEach(Consumer<FollowedStream> visit) {
        forEach(new ArrayList<>(streams.values()), 0, visit);
    }

    private void forEach(List<FollowedStream> all, int from, Consumer<FollowedStream> visit) {
        int end = visit(all, from, visit);
        if (end < all.size()) {
            turns.add(() -> forEach(all, end, visit));
        }
    }

    /** Ends all streams, releases the heap, and answers the changes that are not done. */
    void close() {
        try {
            forEach(FollowedStreams::end);
        } finally {
            streams.clear();
            waiting.clear();
            added.clear();
            memory.close();
            List<StreamsChange> left = List.copyOf(changes);
            changes.clear();
            left.forEach(change -> change.done(StreamsSessions.unknown()));
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
