package io.streamkeeper.storage.record;

import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.ForkOrigin;
import io.streamkeeper.protocol.Producer;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.protocol.StreamPath;
import org.jspecify.annotations.Nullable;

/**
 * The whole effect of one request on its shard (I4): bytes, producer state, {@code Stream-Seq} and closure together.
 * The state of a shard is a function of its records (I13), so a record contains everything that the decision knew. The
 * bytes are not part of the record, but follow it as a {@link Payload}.
 */
public sealed interface LogRecord {
    /** The type of a record, for a dispatch that is complete. */
    enum Kind {
        CREATED,
        APPENDED,
        DELETED,
        TRIMMED,
        RELEASED,
        USED
    }

    Kind kind();

    /** Whether the record releases space: it is accepted where memory or disk are too full for others. */
    default boolean makesRoom() {
        return false;
    }

    /** The stream that the record is about. */
    long generation();

    /** When it was staged. */
    long atMillis();

    /**
     * A stream is created.
     *
     * @param generation its own, unique
     * @param path its path
     * @param contentType as it was given, or inherited
     * @param expiry as it was requested, or inherited
     * @param retention how much it keeps
     * @param closed whether it is created closed
     * @param fork its source, or null if it is not a fork
     * @param atMillis when
     */
    record Created(
            long generation,
            StreamPath path,
            ContentType contentType,
            Expiry expiry,
            Retention retention,
            boolean closed,
            @Nullable Fork fork,
            long atMillis)
            implements LogRecord {
        @Override
        public Kind kind() {
            return Kind.CREATED;
        }

        /** The first position that can be read of the stream at its beginning. */
        public long earliest() {
            return fork == null ? 0 : fork.earliest();
        }
    }

    /**
     * A stream with a sliding time to live was used, and may be used again without a record for as long as this one
     * says. No answer waits for it.
     *
     * @param generation the stream
     * @param atMillis when
     * @param coveredMillis for how long after that no use is recorded: the checkpoint interval of the server that wrote
     *     it
     */
    record Used(long generation, long atMillis, long coveredMillis) implements LogRecord {
        @Override
        public Kind kind() {
            return Kind.USED;
        }
    }

    /**
     * A stream grows, is closed, or both.
     *
     * @param generation the stream
     * @param producer the producer's new state, or null
     * @param evictions how many producers of the stream are evicted for this one, those unused for longest
     * @param streamSeq the new {@code Stream-Seq}, or null where it stays
     * @param close whether the stream is closed after the bytes
     * @param atMillis when
     */
    record Appended(
            long generation,
            @Nullable Producer producer,
            int evictions,
            @Nullable String streamSeq,
            boolean close,
            long atMillis)
            implements LogRecord {
        @Override
        public Kind kind() {
            return Kind.APPENDED;
        }
    }

    /**
     * A stream is deleted or has expired.
     *
     * @param generation the stream
     * @param dropped whether its bytes and its path are free; else forks inherit from it, and it stays until it is
     *     released
     * @param atMillis when
     */
    record Deleted(long generation, boolean dropped, long atMillis) implements LogRecord {
        @Override
        public Kind kind() {
            return Kind.DELETED;
        }

        @Override
        public boolean makesRoom() {
            return true;
        }
    }

    /**
     * Retention trims the data before a position.
     *
     * @param generation the stream
     * @param position the earliest that can be read from now on
     * @param dropped whether the bytes before it are dropped; else forks inherit from the stream, and they stay until
     *     it is trimmed again without forks, or released
     * @param atMillis when
     */
    record Trimmed(long generation, long position, boolean dropped, long atMillis) implements LogRecord {
        @Override
        public Kind kind() {
            return Kind.TRIMMED;
        }

        @Override
        public boolean makesRoom() {
            return true;
        }
    }

    /**
     * The last fork has released its source: the bytes that were kept only for forks are dropped. Of a deleted stream
     * these are all, of another one those before the earliest position that can be read.
     *
     * @param generation the source
     * @param atMillis when
     */
    record Released(long generation, long atMillis) implements LogRecord {
        @Override
        public Kind kind() {
            return Kind.RELEASED;
        }

        @Override
        public boolean makesRoom() {
            return true;
        }
    }

    /**
     * The source of a fork. What the fork inherits follows from the source, which exists as long as the fork does, so
     * it is not in the record: a fork costs the same at any depth.
     *
     * @param origin what the request named, which a repeated create is compared with
     * @param sourceGeneration the source's incarnation, which the fork keeps from being dropped
     * @param position where the fork diverges
     * @param earliest the first position that it inherits: later than the beginning where the source has dropped some
     */
    record Fork(ForkOrigin origin, long sourceGeneration, long position, long earliest) {}
}
