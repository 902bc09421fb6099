package io.streamkeeper.storage.version1;

import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.Producer;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.protocol.StreamPath;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A record of version 1 about a stream, in the journal, or a description in an extent. */
public sealed interface OldRecord {
    /** The stream that the record is about. */
    long generation();

    /** A stream was created. */
    record Created(
            long generation,
            StreamPath path,
            ContentType contentType,
            Expiry expiry,
            Retention retention,
            boolean closed,
            @Nullable Fork fork,
            long atMillis)
            implements OldRecord {}

    /** A stream has grown, was closed, or both. */
    record Appended(
            long generation,
            @Nullable Producer producer,
            @Nullable String streamSeq,
            boolean close,
            long atMillis) implements OldRecord {}

    /** A stream was deleted or has expired. */
    record Deleted(long generation) implements OldRecord {}

    /** Retention has released the bytes before a position. */
    record Trimmed(long generation, long position) implements OldRecord {}

    /**
     * The origin of a fork. Its lineage, which version 1 wrote in full, follows from the source's.
     *
     * @param source the path that the request named
     * @param offset the offset that the request named, or null
     * @param subOffset the number that the request named to skip after it
     * @param sourceGeneration the generation of the source
     * @param position the position at which the fork diverges
     * @param earliest the first position that it inherits
     */
    record Fork(
            StreamPath source,
            @Nullable Offset offset,
            long subOffset,
            long sourceGeneration,
            long position,
            long earliest) {}

    /** The state of a stream after its records up to {@code lastLsn}. */
    record Description(
            Created created,
            long lastLsn,
            long tail,
            long messages,
            long earliest,
            boolean closed,
            boolean deleted,
            @Nullable Producer closedBy,
            @Nullable String streamSeq,
            List<Producer> producers) {}
}
