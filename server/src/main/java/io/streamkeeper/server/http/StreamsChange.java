package io.streamkeeper.server.http;

import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.StreamPath;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A change of the streams that a session follows. Owned by the connection's loop. */
final class StreamsChange {
    private final List<Command.Read> added;
    private final List<StreamPath> removed;
    private final Set<String> replaced = new HashSet<>();
    private final boolean isFirst;
    private final Consumer<FollowedStream> ended;
    private final Consumer<@Nullable Refusal> done;

    private StreamsChange(
            List<Command.Read> added,
            List<StreamPath> removed,
            boolean isFirst,
            Consumer<FollowedStream> ended,
            Consumer<@Nullable Refusal> done) {
        this.added = added;
        this.removed = removed;
        this.isFirst = isFirst;
        this.ended = ended;
        this.done = done;
    }

    /** The streams with which a session begins, for which there is heap. */
    static StreamsChange first(List<Command.Read> added, Runnable done) {
        return new StreamsChange(added, List.of(), true, stream -> {}, refusal -> done.run());
    }

    /**
     * A change of a session that has begun.
     *
     * @param added streams to follow, each once
     * @param removed streams that end
     * @param ended receives each stream that was removed, and of which nothing more is delivered; it calls {@link
     *     FollowedStreams#release}
     * @param done receives the refusal if nothing has changed, or null when everything has
     */
    static StreamsChange of(
            List<Command.Read> added,
            List<StreamPath> removed,
            Consumer<FollowedStream> ended,
            Consumer<@Nullable Refusal> done) {
        return new StreamsChange(added, removed, false, ended, done);
    }

    List<Command.Read> added() {
        return added;
    }

    List<StreamPath> removed() {
        return removed;
    }

    /** The paths that it names and that are followed now, as far as they are counted. */
    Set<String> replaced() {
        return replaced;
    }

    boolean isFirst() {
        return isFirst;
    }

    void ended(FollowedStream stream) {
        ended.accept(stream);
    }

    /** Answers it. */
    void done(@Nullable Refusal refusal) {
        done.accept(refusal);
    }
}
