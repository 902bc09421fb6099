package io.streamkeeper.server.subscription;

import io.streamkeeper.protocol.StreamPath;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The address to which shards report what concerns one subscription. Safe for use by any thread.
 *
 * <p>The reports of one shard arrive in the order in which they were made.
 */
final class Subscriber {
    /**
     * A stream that was found.
     *
     * @param start the first position that the stream keeps
     * @param tail the durable tail
     */
    record Found(String path, long generation, long start, long tail) {}

    /** Receives reports on the loop of the owner. */
    interface Receiver {
        /** Streams exist that the pattern matches, or that are linked by name. */
        void appeared(List<Found> streams);

        /** The tail of a watched stream has moved; the watch is not armed any more. */
        void moved(Found stream);

        /** A stream does not exist any more. */
        void gone(String path, long generation);
    }

    private final Mailbox mailbox;
    private final @Nullable Glob pattern;
    private final @Nullable String wakeStream;
    private final Receiver receiver;
    private volatile boolean ended;

    /**
     * The address of a subscription.
     *
     * @param pattern null if it has none
     * @param wakeStream the stream that the pattern never matches; null for none
     */
    Subscriber(Mailbox mailbox, @Nullable Glob pattern, @Nullable StreamPath wakeStream, Receiver receiver) {
        this.mailbox = mailbox;
        this.pattern = pattern;
        this.wakeStream = wakeStream == null ? null : wakeStream.value();
        this.receiver = receiver;
    }

    @Nullable
    Glob pattern() {
        return pattern;
    }

    /** Whether the pattern, which matches a path, links the stream there. */
    boolean accepts(String path) {
        return !path.equals(wakeStream) && !path.equals(StreamPath.REGISTRY.value());
    }

    /** Nothing more is reported. */
    void end() {
        ended = true;
    }

    boolean isEnded() {
        return ended;
    }

    void appeared(List<Found> streams) {
        report(to -> to.appeared(streams));
    }

    void moved(Found stream) {
        report(to -> to.moved(stream));
    }

    void gone(String path, long generation) {
        report(to -> to.gone(path, generation));
    }

    /** Runs a task on the loop of the owner, after the reports that were made before. */
    void tell(Runnable task) {
        mailbox.tell(task);
    }

    private void report(Consumer<Receiver> report) {
        mailbox.tell(() -> {
            if (!ended) {
                report.accept(receiver);
            }
        });
    }
}
