package io.streamkeeper.storage.record;

import io.streamkeeper.protocol.ForkOrigin;
import io.streamkeeper.protocol.Producer;
import io.streamkeeper.protocol.StreamPath;
import org.jspecify.annotations.Nullable;

/**
 * The whole effect of one request on its shard (I4): bytes, producer state, {@code Stream-Seq} and closure together.
 * The state of a shard is a function of its records (I13), so a record contains everything on which the decision
 * depended. The bytes are not part of the record, but follow it as a {@link Payload}.
 */
public sealed interface LogRecord {
    /** The type of a record, for an exhaustive switch. */
    enum Kind {
        CREATED,
        APPENDED,
        DELETED,
        TRIMMED,
        RELEASED,
        USED,
        CHANGED
    }

    Kind kind();

    /** Whether the record releases space: it is accepted when memory or disk are too full for other records. */
    default boolean makesRoom() {
        return false;
    }

    /** The stream that the record is about. */
    long generation();

    /** The time at which the record was staged, in milliseconds since 1970 UTC. */
    long atMillis();

    /**
     * A stream is created.
     *
     * @param generation its generation, which is unique
     * @param path its path
     * @param config its properties
     * @param closed whether it is created closed
     * @param fork its source and the inherited part, or null if it is not a fork
     * @param atMillis the time
     */
    record Created(
            long generation,
            StreamPath path,
            StreamConfig config,
            boolean closed,
            @Nullable Fork fork,
            long atMillis) implements LogRecord {
        @Override
        public Kind kind() {
            return Kind.CREATED;
        }

        /** The first position that can be read when the stream is created. */
        public long earliest() {
            return fork == null ? 0 : fork.earliest();
        }
    }

    /**
     * A stream with a sliding time to live was used. Further uses within {@code coveredMillis} need no record. No reply
     * waits for this record.
     *
     * @param generation the stream
     * @param atMillis the time
     * @param coveredMillis how long after that no use is recorded: the checkpoint interval of the server that wrote it
     */
    record Used(long generation, long atMillis, long coveredMillis) implements LogRecord {
        @Override
        public Kind kind() {
            return Kind.USED;
        }
    }

    /**
     * The properties of a stream are changed.
     *
     * @param generation the stream
     * @param config all its properties from now on
     * @param atMillis the time, which is a use of the stream
     */
    record Changed(long generation, StreamConfig config, long atMillis) implements LogRecord {
        @Override
        public Kind kind() {
            return Kind.CHANGED;
        }
    }

    /**
     * A stream grows, is closed, or both.
     *
     * @param generation the stream
     * @param producer the producer's new state, or null
     * @param evictions how many producers of the stream, those unused for longest, are evicted for this one
     * @param streamSeq the new {@code Stream-Seq}, or null if it does not change
     * @param close whether the append closes the stream
     * @param atMillis the time
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
     * @param dropped whether its bytes are dropped and its path is free; if not, forks inherit from it, and it is kept
     *     until it is released
     * @param atMillis the time
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
     * @param position the earliest position that can be read from now on
     * @param dropped whether the bytes before it are dropped; if not, forks inherit from the stream, and the bytes are
     *     kept until the stream is released, or trimmed again when it has no forks
     * @param atMillis the time
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
     * The last fork has released its source: the bytes that were kept only for forks are dropped. For a deleted stream
     * these are all its bytes, for another one the bytes before the earliest position that can be read.
     *
     * @param generation the source
     * @param atMillis the time
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
     * The source of a fork. The inherited data follows from the source, which exists as long as the fork does, so the
     * record does not contain its lineage: a fork takes the same space at any depth.
     *
     * @param origin the origin in the request, with which a repeated create is compared
     * @param sourceGeneration the source's incarnation, which is not dropped as long as the fork needs it
     * @param position the position at which the fork diverges
     * @param earliest the first position that it inherits: after the beginning if the source was trimmed
     */
    record Fork(ForkOrigin origin, long sourceGeneration, long position, long earliest) {}
}
